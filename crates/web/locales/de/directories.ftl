# Directories, what somebody changed in them, and taking over what is there.

# How directories are.
nav-directories = Verzeichnisse
directories-title = Verzeichnisse
directories-findings = Von anderen geändert und nicht entschieden: { $n }.
directory-health = Zustand
directory-unasked = Noch kein Domänencontroller wurde abgefragt.
directory-dedicated = Es ist nur für { $name } da.
directory-for-somebody = jemanden, den Sie nicht sehen
directory-findings = Nicht entschieden: { $n }.
directory-enforced = Wird sofort und ohne Rückfrage richtiggestellt:
directory-policy = Was von selbst richtiggestellt wird
directory-scan = Jetzt alles ansehen
directory-scan-hint = Ein Worker liest innerhalb von Sekunden alle Objekte dieses Produkts. Er liest nur; was er findet, steht hier.
done-scan = Es wird innerhalb von Sekunden angesehen.
directory-mode = Was darin geschehen darf
mode-on = Ein
mode-off = Aus
mode-maintenance-begin = Es wird nichts mehr an das Verzeichnis gesendet. Bestellungen und Änderungen werden angenommen und warten; niemand verliert etwas. Was unterwegs ist, wird beendet.
mode-maintenance-end = Objekte, die jetzt warten: { $n }. Sie werden von selbst fortgesetzt, wenn dies endet.
mode-maintenance-start = Wartung beginnen
mode-maintenance-stop = Wartung beenden
mode-read-only-begin = Das Verzeichnis wird nur gelesen und nie geändert. Änderungen seiner Kunden werden angenommen und warten; neue Bestellungen dorthin werden abgelehnt.
mode-read-only-end = Wenn dies endet, wird fortgesetzt, was wartet, und Kunden können wieder dorthin bestellt werden.
mode-read-only-start = Schreibschutz einschalten
mode-read-only-stop = Änderungen wieder zulassen
done-mode = Es gilt ab sofort.
policy-title = Was von selbst richtiggestellt wird
policy-hint = Was angekreuzt ist, wird wie gewünscht hergestellt, sobald eine Durchsicht es verändert findet. Alles andere wartet auf eine Person. Wer ein Konto im Verzeichnis deaktiviert hat, hatte vielleicht einen dringenden Grund; überlegen Sie also, bevor Sie es ankreuzen.
policy-legend = Sofort richtigstellen
policy-changed = (hier entschieden)
policy-enforce-all = Alles richtigstellen
policy-report-all = Alles nur melden

# What somebody changed.
drift-title = Änderungen in Verzeichnissen
drift-hint = Was jemand mit anderen Werkzeugen in einem Verzeichnis geändert hat. Ohne Sie wird nichts überschrieben, außer dem, was Kunden voneinander trennt.
drift-which = Welche Änderungen
drift-none = Nichts ist offen: Die Verzeichnisse sind, wie sie sein sollen.
drift-look = Ansehen
drift-findings = Funde
drift-tenants = Kunden und Wiederverkäufer
drift-revert-all = { $n ->
    [one] Die eine richtigstellen …
   *[other] Alle { $n } richtigstellen …
}
drift-revert-do = { $n } richtigstellen
drift-revert-hint = Jedes Objekt wird als Ganzes wie gewünscht hergestellt, mit einem Auftrag für jeden Kunden.
drift-revert-lost = Was andere dort gesetzt haben, wird überschrieben. Gelöschte Konten werden neu angelegt, mit einer anderen Sicherheits-ID und einem Kennwort, das niemand kennt.
drift-revert-more = Bei einem Kunden werden höchstens 5.000 auf einmal richtiggestellt; wiederholen Sie es für den Rest.
done-drift-revert = Es wird richtiggestellt; hier sehen Sie, wann es zurückgelesen wurde.
done-drift-adopt = Was gefunden wurde, ist ab jetzt gewünscht.
finding-changed = Geänderter Wert
finding-missing = Gelöscht
finding-moved = An einen anderen Ort verschoben
finding-marker_lost = Kennzeichnung verloren
finding-foreign = Gehört nicht zu diesem Produkt
finding-member_added = In die Gruppe aufgenommen
finding-member_removed = Aus der Gruppe entfernt
finding-is-open = Offen
finding-is-reverted = Richtiggestellt
finding-is-adopted = Akzeptiert
finding-is-gone = Von selbst erledigt
finding-is-enforced = Von selbst richtiggestellt
finding-kind = Was geschah
finding-any-kind = Alles
finding-any-directory = Jedes Verzeichnis
finding-object = Objekt
finding-wanted = Wie gewünscht
finding-found = Wie gefunden
finding-nothing = nichts
finding-tenant = Kunde
finding-directory = Verzeichnis
finding-directory-code = Code eines Verzeichnisses
finding-first = Gefunden
finding-last = Zuletzt gesehen
finding-changed-at = Geändert laut Verzeichnis
finding-resolved = Entschieden
finding-person = Die Person
finding-request = Der Auftrag, der es ausführt
finding-decide = Was damit geschehen soll
finding-foreign-hint = Dieses Objekt hat jemand anderes angelegt. Es wird von hier aus weder geändert noch entfernt: Wer es angelegt hat, muss es im Verzeichnis verschieben oder entfernen, oder Sie übernehmen, was dort liegt.
finding-enforced-hint = Es wird von selbst richtiggestellt.
revert-title = Richtigstellen
revert-hint = Das Gewünschte wird wieder in das Verzeichnis geschrieben und zurückgelesen. Alle anderen Änderungen desselben Objekts werden mit richtiggestellt.
revert-hint-missing = Das Objekt wird mit seinen Gruppen neu angelegt. Ein Konto erhält eine andere Sicherheits-ID und ein Kennwort, das niemand kennt: Senden Sie der Person danach einen Einmal-Link.
revert-hint-member-added = Es wird wieder aus der Gruppe entfernt. Was die Gruppe gab, funktioniert dann nicht mehr.
revert-hint-member-removed = Es wird wieder in die Gruppe aufgenommen.
adopt-found-title = Das Gefundene akzeptieren
adopt-hint-value = Der Wert wird der gewünschte, nach denselben Regeln, als hätte ihn jemand hier eingegeben. Das Verzeichnis wird nicht geändert.
adopt-hint-member = Die Mitgliedschaft wird die gewünschte. Das Verzeichnis wird nicht geändert.
leave-title = So lassen
leave-hint = Es bleibt hier offen, und jede andere Arbeit am Objekt stellt es als Ganzes richtig.
subject-name = Name im Container
subject-manager = Vorgesetzte Person
subject-owner = Besitzer einer Gruppe
subject-description = Beschreibung
subject-group_kind = Art einer Gruppe
subject-enabled = Ob sich das Konto anmelden darf
subject-readers = Wer einen Container lesen darf
subject-custom = Eigenes Feld { $field }
subject-initials = Initialen
subject-home_phone = Telefon privat
subject-fax = Fax
subject-pager = Funkrufempfänger
subject-ip_phone = IP-Telefon
subject-company = Firma
subject-employee_type = Art der Beschäftigung
subject-po_box = Postfach
subject-region = Region
subject-web_page = Webseite
subject-notes = Notizen
subject-logon_script = Anmeldeskript
subject-home_folder = Basisordner
subject-home_drive = Laufwerk des Basisordners
subject-missing = Gelöschte Objekte
subject-moved = Verschobene Objekte
subject-marker = Die Kennzeichnung dieses Produkts
subject-member_added = Jemand in eine Gruppe aufgenommen
subject-member_removed = Jemand aus einer Gruppe entfernt

# Taking over what is there.
adopt-title = Was noch nicht zu diesem Produkt gehört
adopt-hint = Eine Bestandsaufnahme sieht alles in dem Ordner an, der dem Produkt übergeben wurde. Daraus wird ein Container zu einem neuen Kunden oder zu einem Teil eines vorhandenen. Nur der letzte Schritt ändert etwas.
surveys-title = Bestandsaufnahmen
surveys-hint = Eine Bestandsaufnahme liest nur. Sie wird nach drei Tagen verworfen, denn übernommen werden soll, was wirklich da ist.
surveys-none = Es gibt keine Bestandsaufnahme. Fordern Sie oben eine an.
survey-ask = Jetzt Bestand aufnehmen
survey-ask-hint = Ohne Container wird alles im Ordner angesehen.
survey-title = Bestandsaufnahme
survey-everything = Alles im Ordner
survey-seen = Objekte gesehen: { $n }
survey-until = aufbewahrt bis { $when }
survey-going = Sie läuft. Diese Seite sieht alle zwei Sekunden selbst wieder nach.
survey-requested = Wartet
survey-running = Läuft
survey-done = Abgeschlossen
survey-failed = Fehlgeschlagen
survey-containers = Container
survey-no-containers = Sie hat keinen Container gesehen.
survey-ours = Gehört zu diesem Produkt
survey-adopt = Übernehmen …
survey-adopt-of = { $name } übernehmen …
field-base = Nur dieser Container (vollständiger Name, DN)
adoption-new = Container übernehmen
adoption-new-hint = Personen darin: { $people }. Niemand erhält ein neues Konto, Kennwort oder einen neuen Namen. Zuerst sehen Sie, was aus allem würde.
adoption-as-new = Als neuer Kunde
adoption-as-into = Oder in einen vorhandenen Kunden
adoption-into-hint = Wird hier einer genannt, zählt nicht, was oben steht. Seine Personen und Gruppen, die im Verzeichnis nichts haben, finden das Ihre nach diesen Regeln.
adoption-both = In beiden Fällen
adoption-groups-as-plans = Gruppen, die für Pläne stehen
adoption-groups-hint = Wer in der Gruppe ist, hat den Plan; berechnet wird er, sobald er zurückgelesen wurde.
adoption-more-groups = Hier stehen nur die ersten 100 Gruppen; für weitere nutzen Sie die Befehlszeile.
adopt-as-no-plan = Kein Plan
adoption-preview = Zeigen, was daraus würde
adoption-preview-hint = Dadurch wird nichts geändert.
field-container = Container
field-customer-seller = Wiederverkäufer (Kürzel), falls nicht der Betreiber des Verzeichnisses
field-into = Vorhandener Kunde (Kürzel)
field-wins = Wessen Werte gelten
field-rules = Gefunden durch, alle wenn keines angekreuzt ist
field-suffixes = Domänen der Anmeldungen, die gefundenen wenn leer
field-customer = Kunde
wins-directory = Was das Verzeichnis zeigt
wins-portal = Was das Portal weiß
match-marker = Kennzeichnung dieses Produkts
match-principal_name = Benutzername
match-employee_id = Personalnummer
match-external_id = Schlüssel in einem Export
match-mail = E-Mail-Adresse
match-logon_name = Anmeldename
match-name = Name einer Gruppe
adoptions-title = Übernahmen
adoptions-none = Es wurde noch nichts übernommen. Es beginnt mit der Bestandsaufnahme eines Verzeichnisses.
adoption-customer = Kunde
adoption-when = Vorschau
adoption-is-previewed = Vorschau
adoption-is-run = Übernommen
adoption-is-released = Zurückgegeben
adoption-people = Personen
adoption-group-count = Gruppen
adoption-containers = Container
adoption-plans = Zugewiesene Pläne
adoption-linked = Gefunden
adoption-conflicts = { $n ->
    [one] 1 Objekt kann so nicht übernommen werden. Es steht unten mit dem, was zu tun ist.
   *[other] { $n } Objekte können so nicht übernommen werden. Sie stehen unten mit dem, was zu tun ist.
}
adoption-left = { $n ->
    [one] 1 Objekt wurde so gelassen, wie es war. Es steht unten.
   *[other] { $n } Objekte wurden so gelassen, wie sie waren. Sie stehen unten.
}
adoption-leave = Lassen, was nicht übernommen werden kann; es bleibt in einem Container, der ihm verschlossen ist
adoption-run = Übernehmen
adoption-run-hint = Geschieht wie gezeigt oder gar nicht. Es kann zurückgegeben werden, solange nichts davon geändert wurde.
adoption-stale = Die Bestandsaufnahme wurde verworfen, deshalb kann dies nur angesehen werden. Nehmen Sie den Bestand erneut auf, um zu übernehmen.
adoption-objects = Was aus jedem Objekt wird
adoption-which = Welche Objekte
adoption-found-by = gefunden durch: { $rule }
adoption-value = Wert
adoption-there = Im Verzeichnis
adoption-here = Im Portal
done-adoption = Es wird übernommen; hier sehen Sie, wie weit es ist.
fate-create = Wird übernommen
fate-match = Hat zu wem gefunden, dem es gehört
fate-conflict = Kann nicht übernommen werden
fate-skip = Bleibt, wie es ist

# Giving back.
release-title = Zurückgeben
release-what = { $name } an das Verzeichnis zurückgeben …
release-changed = Es kann nicht mehr als Ganzes zurückgegeben werden: Etwas davon wurde seither geändert.
release-users = { $n ->
    [one] 1 Person endet hier; das Konto bleibt, wie es ist.
   *[other] { $n } Personen enden hier; ihre Konten bleiben, wie sie sind.
}
release-groups = { $n ->
    [one] 1 Gruppe verliert nur die Kennzeichnung.
   *[other] { $n } Gruppen verlieren nur die Kennzeichnung.
}
release-containers = { $n ->
    [one] 1 Container verliert nur die Kennzeichnung.
   *[other] { $n } Container verlieren nur die Kennzeichnung.
}
release-removed = { $n ->
    [one] 1 angelegte Gruppe wird entfernt.
   *[other] { $n } angelegte Gruppen werden entfernt.
}
release-plans = { $n ->
    [one] 1 Plan endet heute.
   *[other] { $n } Pläne enden heute.
}
release-kept = { $n ->
    [one] 1 Person oder Gruppe, die schon vorher zum Kunden gehörte, behält, was sie erhielt.
   *[other] { $n } Personen und Gruppen, die schon vorher zum Kunden gehörten, behalten, was sie erhielten.
}
release-closed = Container bleiben für andere verschlossen.
release-hint = Das kann nicht rückgängig gemacht, nur erneut übernommen werden.
release-one-person = Die Person endet hier: Niemand meldet sich mehr als sie an, und ihre Namen sind sofort frei. Das Konto bleibt im Verzeichnis, wie es ist, mit seinem Kennwort und ohne die Kennzeichnung.
release-one-group = Die Gruppe bleibt im Verzeichnis, wie sie ist, mit ihren Mitgliedern und ohne die Kennzeichnung.
release-one-plans = Pläne, die heute enden: { $plans }.
release-one-left = Gruppen, die verlassen werden: { $groups }.
release-one-kept = Gruppen, die bestehen bleiben: { $groups }.
release-link = An das Verzeichnis zurückgeben
done-release = Es wird zurückgegeben.
