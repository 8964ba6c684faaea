# Lists: sorting, filtering, pages, files.

column-login = Inloggningsnamn
column-created = Skapad
column-customer = Kund
column-request = Begäran
list-pages = Listans sidor
list-previous = Föregående sida
list-export = Spara som fil (CSV)
list-without = ta bort filtret
list-more = Fler filter
list-standing = Vem som kan logga in
list-any-standing = Aktiva och andra
list-any-plan = Alla planer
list-any-status = Alla öppna
list-any-kind = Alla slag
list-any-members = Tomma och andra
list-members-some = Med medlemmar
list-members-none = Utan medlemmar
list-group-search = Gruppens namn
list-actor = Begärd av
list-mine = Det jag har begärt
list-order = Ordning
list-newest = Nyast först
list-oldest = Äldst först
