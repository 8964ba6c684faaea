# Lists: sorting, filtering, pages, files.

column-login = Anmeldename
column-created = Angelegt
column-customer = Kunde
column-request = Auftrag
list-pages = Seiten der Liste
list-previous = Vorige Seite
list-export = Als Datei speichern (CSV)
list-without = diesen Filter entfernen
list-more = Weitere Filter
list-standing = Wer sich anmelden kann
list-any-standing = Aktiv oder nicht
list-any-plan = Alle Pläne
list-any-status = Alle offenen
list-any-kind = Alle Arten
list-any-members = Leer oder nicht
list-members-some = Mit Mitgliedern
list-members-none = Ohne Mitglieder
list-group-search = Name der Gruppe
list-actor = Beauftragt von
list-mine = Von mir beauftragt
list-order = Reihenfolge
list-newest = Neueste zuerst
list-oldest = Älteste zuerst
