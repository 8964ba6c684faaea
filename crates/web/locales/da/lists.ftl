# Lists: sorting, filtering, pages, files.

column-login = Login
column-created = Oprettet
column-customer = Kunde
column-request = Anmodning
list-pages = Listens sider
list-previous = Forrige side
list-export = Gem som fil (CSV)
list-without = fjern dette filter
list-more = Flere filtre
list-standing = Hvem der kan logge på
list-any-standing = Aktive og andre
list-any-plan = Alle planer
list-any-status = Alle åbne
list-any-kind = Alle slags
list-any-members = Tomme og andre
list-members-some = Med medlemmer
list-members-none = Uden medlemmer
list-group-search = Gruppens navn
list-actor = Bestilt af
list-mine = Det, jeg har bestilt
list-order = Rækkefølge
list-newest = Nyeste først
list-oldest = Ældste først
