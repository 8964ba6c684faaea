# The catalogue, and what customers and people have of it.

# Services and plans.
nav-services = Tjenester
consequence = Hvad det betyder
services-title = Tjenester
services-hint = Det, du sælger, med alle hos og under dig, der har det.
services-none = Der er ingen tjenester endnu. Det, som konfigurationen definerer, eller som nogen udgiver, vises her.
service-scope = Til
service-for-people = Enkelte personer
service-for-customers = Kunden som helhed
service-publisher = Udgivet af
service-seller = En forhandler ovenfor
service-subscriptions = Abonnementer
service-version = Definitionens version
service-retired = Sælges ikke længere
service-no-plans = Der er ingen plan for den endnu, så ingen kan bestille den.
service-meaning = Hvad den betyder i et katalog
service-groups = Grupper, som personer tages med i
service-one-group = Én gruppe hos kunden, opkaldt efter tjenesten.
service-attributes = Værdier, der sættes på deres konti
service-no-attributes = Ingen.
service-properties = Egenskaber
service-no-properties = Den har ingen egenskaber.
service-bundles = Pakker, der giver den
service-retire = Stop salget
service-retire-what = Stop salget af { $name } …
service-retire-hint = { $people ->
    [one] Ingen kan bestille den eller få den tildelt mere. De, der har den, beholder den: 1 abonnement fortsætter og faktureres som hidtil. Den kan altid sælges igen.
   *[other] Ingen kan bestille den eller få den tildelt mere. De, der har den, beholder den: { $people } abonnementer fortsætter og faktureres som hidtil. Den kan altid sælges igen.
}
service-offer = Sælg den igen
service-offer-what = Sælg { $name } igen …
service-offer-hint = Alle, den er udgivet til, kan bestille og tildele den igen.
done-service-retire = Den sælges ikke længere.
done-service-offer = Den sælges igen.

# Plans and their versions.
plan-version = Version
plan-version-named = { $version }: { $name }
plan-any-version = Enhver ældre version
plan-price = Pris pr. måned
plan-since = Udgivet
plan-versions = Versioner
plan-versions-hint = En version ændres aldrig. De, der har planen, beholder deres version, indtil nogen flytter dem til en nyere.
plan-new = Ny version
plan-new-title = Version { $version } af
plan-new-hint = { $people ->
    [one] De, der får planen fra nu af, får denne version. Det ene nuværende abonnement beholder sin.
   *[other] De, der får planen fra nu af, får denne version. De { $people } nuværende abonnementer beholder deres.
}
plan-publish = Udgiv versionen
plan-publish-hint = Den kan ikke ændres bagefter, kun efterfølges af en anden.
plan-upgrade = Flyt personer til en anden version
plan-upgrade-hint = Vælg versionen og hvem det gælder, og se, hvad det betyder. Intet ændres ved at se.
plan-upgrade-look = Vis, hvad det betyder
plan-upgrade-nobody = Ingen der har en anden version. Intet ville ændre sig.
plan-upgrade-cost = Pr. måned, før og efter
plan-upgrade-unpriced = Uden pris før eller efter: { $n }
plan-upgrade-what = Konti får versionens værdier; ingen forlader en gruppe. Ét abonnement slutter, og det næste begynder i samme øjeblik. Det kan fortrydes.
plan-upgrade-do = { $n ->
    [one] Skift 1 abonnement
   *[other] Skift { $n } abonnementer
}
done-version = Versionen er udgivet.
done-upgrade = De flyttes til versionen.
done-nobody = Der var intet at ændre.
field-to = Til versionen
field-from = Fra versionen
field-below = Kun hos og under (kort navn på en forhandler eller kunde)
expected-an-amount = et beløb, f.eks. { $example }

# Properties.
property-kind = Hvad den må være
property-default = Når ingen siger noget
property-who = Bestemmes af
property-personal = Også den, der administrerer personer
property-managed = Den, der administrerer kataloget af tjenester
property-text = Tekst
property-text-range = Tekst, tegn: { $range }
property-integer = Helt tal
property-integer-range = Helt tal: { $range }
property-at-least = mindst { $n }
property-at-most = højst { $n }
property-boolean = Ja (true) eller nej (false)
property-choice = En af: { $choices }
property-otherwise = ellers { $value }
property-inherited = Som ovenfor: { $value }
properties-title = Egenskaber: { $name }
properties-own = De gælder for alle hos og under dig, medmindre nogen tættere på siger noget andet.
properties-customer = De gælder for alle kundens personer med tjenesten, medmindre der er sagt noget andet for en person.
properties-person = Af alt, der er sagt, gælder det, der er tættest på personen. Ved siden af hver egenskab står, hvad der er sagt, med den gældende værdi først.
properties-none = Her er ingen egenskaber: først skal der være en tjeneste med egenskaber.
properties-reach = { $people ->
    [one] Det gælder 1 abonnement; kontoen skrives kun, hvor noget ændrer sig.
   *[other] Det gælder { $people } abonnementer; konti skrives kun, hvor noget ændrer sig.
}
properties-empty = Et tomt felt siger intet, så det, der er sagt ovenfor, gælder.
properties-change = Rediger egenskaber
properties-see = Se egenskaber
properties-of-person = Egenskaber for disse planer
done-said = Registreret; intet ændrer sig for nogen.
level-service = Tjeneste
level-plan = Plan
level-provider = Udbyder
level-reseller = Forhandler
level-seller = En forhandler ovenfor
level-customer = Kunde
level-instance = Instans
level-person = Person

# The services of a customer.
offers-title = Planer til personer
offers-none = Kunden har endnu ingen tjeneste til enkelte personer. Giv kunden en nedenfor; derefter kan personerne få planer.
offer-service = Tjeneste
offer-people = Personer
offer-people-with = Personer med { $plan }
quotas-title = Kvoter
quotas-none = Her er intet begrænset.
quota-people = Personer med en konto
quota-service = Alle planer for { $name }
quota-plan = Planen { $name }
quota-of = af { $most }
quota-left = { $left } tilbage
quota-full = Opbrugt
quota-set = Sæt en kvote
quota-set-hint = Den må være under det, der er i brug: så tages intet væk, og intet mere gives. Lad tallet stå tomt for at ophæve kvoten.
done-quota = Kvoten gælder fra nu af.
field-subject = Af hvad
field-most = Højst
whole-title = Til kunden som helhed
instances-title = Tjenester, kunden har
instances-none = Kunden har ingen tjenester endnu.
instance-properties = Egenskaber
instance-properties-of = Egenskaber for { $name }
service-give = Giv kunden en tjeneste
service-give-button = Giv tjenesten
service-give-hint = Tjenestens grupper oprettes i kataloget med det samme. Har kunden allerede tjenesten, så angiv endnu en instans, f.eks. test.
done-service = Tjenesten er på vej.
field-grace_days = Dage, grupperne bliver
field-instance = Instans
service-take = Tag væk
service-take-of = Tag væk: { $name }
service-take-what = Tag { $name } væk
service-take-ends = Hvad der ophører
service-take-nobody = Ingen har en plan til den.
service-take-people = { $n ->
    [one] { $n } person
   *[other] { $n } personer
}
service-take-billing = Disse planer slutter nu, og med dem faktureringen.
service-take-works = Det, tjenesten gav, virker ikke længere for disse personer.
service-take-groups = Tjenestens grupper i kataloget tømmes: { $groups }.
service-take-grace-hint = Så mange dage bliver de tomme grupper. Gives tjenesten igen i den tid, har den de samme grupper, og den, der havde en plan, får den på ny. Derefter forsvinder de fra kataloget, ved 0 med det samme.
service-take-do = Tag den væk
done-service-take = Tjenesten er taget væk; her ser du, hvornår grupperne er tomme.

# People with a plan.
seats-which = Hvem
seats-with = Personer, der har den
seats-without = Personer uden
seats-price = { $price } pr. måned
seats-choose = Vælg
seats-since = Siden
seats-version = version { $version }
seats-nobody = Ingen har den endnu.
seats-everybody = Alle har den.
seats-give-chosen = Giv den til de valgte …
seats-give-all = Giv den til alle, der passer …
seats-take-chosen = Tag den fra de valgte …
seats-take-all = Tag den fra alle, der passer …
seats-first = Først vises, hvad det betyder.
seats-give-title = Tildel { $plan }
seats-take-title = Fjern { $plan }
seats-people = { $n ->
    [one] Noget ændrer sig for 1 person
   *[other] Noget ændrer sig for { $n } personer
}
seats-more = og { $n } mere
seats-give-licences = { $n ->
    [one] Der bruges 1 licens mere.
   *[other] Der bruges { $n } licenser mere.
}
seats-take-licences = { $n ->
    [one] 1 licens bliver fri.
   *[other] { $n } licenser bliver fri.
}
seats-give-price = Med den nuværende pris er det { $price } mere pr. måned, fra det øjeblik hver konto har den.
seats-take-price = Med den nuværende pris er det { $price } mindre pr. måned. Faktureringen slutter nu.
seats-take-groups = De forlader tjenestens grupper, og det, den gav, virker ikke længere for dem. Planen kan tildeles igen.
seats-kept = { $n ->
    [one] 1 person beholder den, fordi en pakke giver den.
   *[other] { $n } personer beholder den, fordi en pakke giver den.
}
seats-left-out = { $n ->
    [one] 1 administrator udelades: du må ikke ændre den konto.
   *[other] { $n } administratorer udelades: du må ikke ændre deres konti.
}
seats-give-do = Giv den til { $n }
seats-take-do = Tag den fra { $n }
done-seats-give = Planen er tildelt; her ser du, hvornår hver konto har den.
done-seats-take = Planen er slut; her ser du, hvornår hver konto er ude af grupperne.
field-people = Personer
title-plans_give = Plan til personer
title-plans_take = Plan afsluttet for personer
