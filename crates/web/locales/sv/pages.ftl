# The pages, in the order in which people meet them.

# Around every page.
skip = Till innehållet
portal = Portal
menu = Meny
search = Sök
search-hint = Sök
nav = Huvudmeny
trail = Här är du
nav-status = Status
sign-out = Logga ut
language = Språk
theme = Utseende
theme-auto = Som enheten
theme-light = Ljust
theme-dark = Mörkt
apply = Använd

# Signing in.
sign-in-title = Logga in
sign-in-login = Användarnamn
sign-in-password = Lösenord
sign-in-button = Logga in
sign-in-hint = Har du inget lösenord än, eller har du glömt det? Be din administratör om en länk.
sign-in-wrong = Användarnamnet eller lösenordet är fel, eller så får kontot inte logga in.

# Choosing a password by a link.
activate-choose = Välj ditt lösenord
activate-again = Välj ett annat lösenord
activate-pending = Ett ögonblick
activate-done = Nu kan du logga in
activate-expired = Länken fungerar inte längre
activate-button = Spara lösenordet
activate-until = Länken fungerar till { $until }.
activate-on-its-way = Ditt lösenord är på väg till alla system. Sidan uppdateras automatiskt; det tar några sekunder.
activate-look = Uppdatera nu
activate-set = Ditt lösenord gäller nu överallt.
activate-as = Från och med nu loggar du in som

# Instead of a page.
back-to-form = Tillbaka till sidan före
back-to-start = Till startsidan
no-page-title = Sidan finns inte
no-page-detail = Adressen kan vara ofullständig, eller så har du inte tillgång till sidan.
no-method-title = Inte möjligt här
no-method-detail = Sidan kan inte användas på det här sättet.
forged-title = Formuläret kan inte tas emot
forged-detail = Formuläret är för gammalt, eller så sparar din webbläsare inga cookies. Gå tillbaka, läs in sidan på nytt och försök igen. Ingenting har ändrats.
too-many-title = För många försök
too-many-detail = { $seconds ->
    [one] Vänta en sekund och försök sedan igen.
   *[other] Vänta { $seconds } sekunder och försök sedan igen.
}
internal-title = Något gick fel här
internal-detail = Felet är vårt och finns i vår logg. Försök igen; om felet kvarstår, berätta för din administratör när det hände.
forbidden-title = Inte tillåtet
forbidden-detail = Ingen av dina roller tillåter detta. Försök att ändra något registreras.
invalid-title = Detta kan inte godtas
unavailable-title = Ett ögonblick
unavailable-detail = Tjänsten är inte redo just nu. Ingenting har ändrats; försök igen om en minut.
full-title = Ingenting kan sparas
full-detail = Ingenting kan sparas just nu eftersom vår databas är full. Ingenting har ändrats; kontakta din administratör och försök igen senare.
slow-title = Det tog för lång tid
slow-detail = Svaret dröjde för länge. Kontrollera om ändringen har gjorts innan du försöker igen.

# Status: directories.
status-title = Status
status-directories = Kataloger
status-no-directory = Ingen katalog har konfigurerats än.
status-since = läget ändrades { $when }
status-breaker = Kretsbrytare
status-urgent = Väntar, brådskande
status-bulk = Väntar, massändringar
status-parked = Parkerade
status-failed = Kräver åtgärd
status-pace = Takt
status-mode = Läge
status-controllers = Domänkontrollanter
status-answer = svarstid { $time }
status-clock = klockan går { $off }
status-in-use = används
health-up = Svarar
health-down = Svarar inte
health-unknown = Inte tillfrågad än
breaker-open = Öppen
breaker-trying = Provar
breaker-closed = Sluten
mode-normal = Normalt
mode-maintenance = Underhåll
mode-read-only = Skrivskyddat
mode-both = Underhåll, skrivskyddat
pace = { $rate } per sekund
milliseconds = { $number } ms
clock-ahead = { $seconds } s före
clock-behind = { $seconds } s efter
notice-maintenance = Underhåll pågår: { $name }. Ändringar tas emot, väntar och fortsätter sedan automatiskt.
notice-read-only = Skrivskyddat läge: { $name }. Ändringar tas emot och väntar tills katalogen får ändras igen.
notice-away = { $name } svarar inte. Ändringar tas emot, väntar och fortsätter sedan automatiskt.
notice-away-why = { $name }: { $what } Ändringar tas emot, väntar och fortsätter sedan automatiskt. Åtgärd: { $cure }

# Status: requests.
status-requests = Begäranden
status-which = Vilka begäranden
status-none = Ingenting har begärts än. Beställningar och ändringar visas här.
nothing-here = Ingenting här.
all = Alla
progress = { $done } av { $total } klara
progress-failed = { $done } av { $total } klara, { $failed } kräver åtgärd
progress-many = { $done } klara
progress-many-failed = { $done } klara, { $failed } kräver åtgärd
request-all = Alla begäranden
request-progress = Förlopp
request-asked-by = begärt av { $name }
request-retry = Kör om det som misslyckades
request-retry-hint = Vidta först åtgärderna nedan. Därefter körs bara de misslyckade objekten om.
request-follow = Följ: uppdatera var tredje sekund
request-unfollow = Sluta följa
request-objects = Objekt
request-which = Vilka objekt
request-none = Det finns inget i det här tillståndet.
request-tries = { $n ->
    [one] ett försök
   *[other] { $n } försök
}
request-said = Katalogens svar:
request-cure = Åtgärd: { $cure }
request-more = Fler objekt
