# The catalogue, and what customers and people have of it.

# Services and plans.
nav-services = Dienste
consequence = Was das bedeutet
services-title = Dienste
services-hint = Was Sie verkaufen, mit allen bei und unter Ihnen, die es haben.
services-none = Es gibt noch keinen Dienst. Was die Konfiguration festlegt oder jemand veröffentlicht, erscheint hier.
service-scope = Für
service-for-people = Einzelne Personen
service-for-customers = Den Kunden als Ganzes
service-publisher = Veröffentlicht von
service-seller = Ein Wiederverkäufer darüber
service-subscriptions = Abonnements
service-version = Version der Definition
service-retired = Nicht mehr im Verkauf
service-no-plans = Es gibt noch keinen Plan dafür, deshalb kann ihn niemand bestellen.
service-meaning = Was er in einem Verzeichnis bedeutet
service-groups = Gruppen, in die Personen kommen
service-one-group = Eine Gruppe des Kunden, die nach dem Dienst heißt.
service-attributes = Werte, die an ihren Konten gesetzt werden
service-no-attributes = Keine.
service-properties = Eigenschaften
service-no-properties = Er hat keine Eigenschaften.
service-bundles = Pakete, die ihn enthalten
service-retire = Nicht mehr verkaufen
service-retire-what = { $name } nicht mehr verkaufen …
service-retire-hint = { $people ->
    [one] Niemand kann ihn mehr bestellen oder erhalten. Wer ihn hat, behält ihn: 1 Abonnement läuft weiter und wird wie bisher berechnet. Er kann jederzeit wieder verkauft werden.
   *[other] Niemand kann ihn mehr bestellen oder erhalten. Wer ihn hat, behält ihn: { $people } Abonnements laufen weiter und werden wie bisher berechnet. Er kann jederzeit wieder verkauft werden.
}
service-offer = Wieder verkaufen
service-offer-what = { $name } wieder verkaufen …
service-offer-hint = Alle, für die er veröffentlicht ist, können ihn wieder bestellen und zuweisen.
done-service-retire = Er wird nicht mehr verkauft.
done-service-offer = Er wird wieder verkauft.

# Plans and their versions.
plan-version = Version
plan-version-named = { $version }: { $name }
plan-any-version = Jede ältere Version
plan-price = Preis im Monat
plan-since = Veröffentlicht
plan-versions = Versionen
plan-versions-hint = Eine Version wird nie geändert. Wer den Plan hat, behält seine Version, bis jemand zu einer neueren wechselt.
plan-new = Neue Version
plan-new-title = Version { $version } von
plan-new-hint = { $people ->
    [one] Wer den Plan von jetzt an erhält, bekommt diese Version. Das eine vorhandene Abonnement behält seine.
   *[other] Wer den Plan von jetzt an erhält, bekommt diese Version. Die { $people } vorhandenen Abonnements behalten ihre.
}
plan-publish = Version veröffentlichen
plan-publish-hint = Sie kann danach nicht geändert werden, nur eine weitere kann folgen.
plan-upgrade = Personen auf eine andere Version bringen
plan-upgrade-hint = Wählen Sie die Version und für wen sie gelten soll, und sehen Sie nach, was das bedeutet. Durch das Nachsehen wird nichts geändert.
plan-upgrade-look = Zeigen, was das bedeutet
plan-upgrade-nobody = Dort hat niemand eine andere Version. Es würde sich nichts ändern.
plan-upgrade-cost = Im Monat, vorher und nachher
plan-upgrade-unpriced = Ohne Preis vorher oder nachher: { $n }
plan-upgrade-what = Konten erhalten die Werte der Version; niemand verlässt eine Gruppe. Ein Abonnement endet und das nächste beginnt im selben Augenblick. Das kann rückgängig gemacht werden.
plan-upgrade-do = { $n ->
    [one] 1 Abonnement ändern
   *[other] { $n } Abonnements ändern
}
done-version = Die Version ist veröffentlicht.
done-upgrade = Sie werden auf die Version gebracht.
done-nobody = Es war nichts zu ändern.
field-to = Zur Version
field-from = Von der Version
field-below = Nur bei und unter (Kürzel eines Wiederverkäufers oder Kunden)
expected-an-amount = einen Betrag, z. B. { $example }

# Properties.
property-kind = Mögliche Werte
property-default = Ohne Angabe
property-who = Bestimmt von
property-personal = Auch, wer Personen verwaltet
property-managed = Wer die Dienste verwaltet
property-text = Text
property-text-range = Text, Zeichen: { $range }
property-integer = Ganze Zahl
property-integer-range = Ganze Zahl: { $range }
property-at-least = mindestens { $n }
property-at-most = höchstens { $n }
property-boolean = Ja (true) oder nein (false)
property-choice = Eines von: { $choices }
property-otherwise = sonst { $value }
property-inherited = Wie darüber: { $value }
properties-title = Eigenschaften: { $name }
properties-own = Sie gelten für alle bei und unter Ihnen, sofern nicht näher an der Person etwas anderes gesagt wird.
properties-customer = Sie gelten für alle Personen des Kunden mit dem Dienst, sofern für eine Person nichts anderes gesagt ist.
properties-person = Von allem, was gesagt ist, gilt das, was der Person am nächsten ist. Neben jeder Eigenschaft steht, was gesagt ist, zuerst der geltende Wert.
properties-none = Hier gibt es keine Eigenschaften: Zuerst muss ein Dienst mit Eigenschaften vorhanden sein.
properties-reach = { $people ->
    [one] Es betrifft 1 Abonnement; das Konto wird nur geschrieben, wo sich etwas ändert.
   *[other] Es betrifft { $people } Abonnements; Konten werden nur geschrieben, wo sich etwas ändert.
}
properties-empty = Ein leeres Feld sagt nichts, dann gilt, was darüber gesagt ist.
properties-change = Eigenschaften ändern
properties-see = Eigenschaften ansehen
properties-of-person = Eigenschaften dieser Pläne
done-said = Gespeichert; für niemanden ändert sich etwas.
level-service = Dienst
level-plan = Plan
level-provider = Betreiber
level-reseller = Wiederverkäufer
level-seller = Ein Wiederverkäufer darüber
level-customer = Kunde
level-instance = Instanz
level-person = Person

# The services of a customer.
offers-title = Pläne für Personen
offers-none = Der Kunde hat noch keinen Dienst für einzelne Personen. Weisen Sie unten einen zu; danach können Personen Pläne erhalten.
offer-service = Dienst
offer-people = Personen
offer-people-with = Personen mit { $plan }
quotas-title = Kontingente
quotas-none = Hier ist nichts begrenzt.
quota-people = Personen mit Konto
quota-service = Alle Pläne von { $name }
quota-plan = Der Plan { $name }
quota-of = von { $most }
quota-left = { $left } frei
quota-full = Ausgeschöpft
quota-set = Kontingent festlegen
quota-set-hint = Es darf unter dem liegen, was belegt ist: Dann wird nichts weggenommen und nichts hinzugegeben. Lassen Sie die Zahl leer, um das Kontingent aufzuheben.
done-quota = Das Kontingent gilt ab sofort.
field-subject = Wovon
field-most = Höchstens
whole-title = Für den Kunden als Ganzes
instances-title = Vorhandene Dienste
instances-none = Der Kunde hat noch keinen Dienst.
instance-properties = Eigenschaften
instance-properties-of = Eigenschaften von { $name }
service-give = Dem Kunden einen Dienst zuweisen
service-give-button = Dienst zuweisen
service-give-hint = Seine Gruppen werden sofort im Verzeichnis angelegt. Hat der Kunde den Dienst schon, nennen Sie eine weitere Instanz, z. B. test.
done-service = Der Dienst wird eingerichtet.
field-grace_days = Tage, die die Gruppen bleiben
field-instance = Instanz
service-take = Entziehen
service-take-of = Entziehen: { $name }
service-take-what = { $name } entziehen
service-take-ends = Was endet
service-take-nobody = Niemand hat einen Plan davon.
service-take-people = { $n ->
    [one] { $n } Person
   *[other] { $n } Personen
}
service-take-billing = Diese Pläne enden jetzt und mit ihnen die Berechnung.
service-take-works = Was der Dienst gab, funktioniert für diese Personen nicht mehr.
service-take-groups = Seine Gruppen im Verzeichnis werden geleert: { $groups }.
service-take-grace-hint = So viele Tage bleiben die leeren Gruppen. Wird der Dienst in dieser Zeit wieder zugewiesen, hat er dieselben Gruppen; wer einen Plan hatte, erhält ihn neu. Danach verschwinden sie aus dem Verzeichnis, bei 0 sofort.
service-take-do = Entziehen
done-service-take = Der Dienst ist entzogen; hier sehen Sie, wann seine Gruppen leer sind.

# People with a plan.
seats-which = Wer
seats-with = Personen, die ihn haben
seats-without = Personen ohne ihn
seats-price = { $price } im Monat
seats-choose = Auswählen
seats-since = Seit
seats-version = Version { $version }
seats-nobody = Noch niemand hat ihn.
seats-everybody = Alle haben ihn.
seats-give-chosen = Den Ausgewählten zuweisen …
seats-give-all = Allen Treffern zuweisen …
seats-take-chosen = Den Ausgewählten entziehen …
seats-take-all = Allen Treffern entziehen …
seats-first = Zuerst wird gezeigt, was das bedeutet.
seats-give-title = { $plan } zuweisen
seats-take-title = { $plan } entziehen
seats-people = { $n ->
    [one] Für 1 Person ändert sich etwas
   *[other] Für { $n } Personen ändert sich etwas
}
seats-more = und { $n } weitere
seats-give-licences = { $n ->
    [one] 1 Lizenz mehr wird belegt.
   *[other] { $n } Lizenzen mehr werden belegt.
}
seats-take-licences = { $n ->
    [one] 1 Lizenz wird frei.
   *[other] { $n } Lizenzen werden frei.
}
seats-give-price = Zum heutigen Preis sind das { $price } mehr im Monat, sobald das jeweilige Konto ihn hat.
seats-take-price = Zum heutigen Preis sind das { $price } weniger im Monat. Die Berechnung endet jetzt.
seats-take-groups = Sie verlassen die Gruppen des Dienstes, und was er gab, funktioniert für sie nicht mehr. Der Plan kann wieder zugewiesen werden.
seats-kept = { $n ->
    [one] 1 Person behält ihn, weil ein Paket ihn enthält.
   *[other] { $n } Personen behalten ihn, weil ein Paket ihn enthält.
}
seats-left-out = { $n ->
    [one] 1 Administrator bleibt außen vor: Dieses Konto dürfen Sie nicht ändern.
   *[other] { $n } Administratoren bleiben außen vor: Deren Konten dürfen Sie nicht ändern.
}
seats-give-do = { $n } zuweisen
seats-take-do = { $n } entziehen
done-seats-give = Der Plan ist zugewiesen; hier sehen Sie, wann jedes Konto ihn hat.
done-seats-take = Der Plan ist beendet; hier sehen Sie, wann jedes Konto aus den Gruppen ist.
field-people = Personen
title-plans_give = Plan für Personen
title-plans_take = Ende eines Plans von Personen
