# The pages, in the order in which people meet them.

# Around every page.
skip = Gå til indholdet
portal = Portal
menu = Menu
search = Søg
search-hint = Søg
nav = Hovedmenu
trail = Placering
nav-status = Status
sign-out = Log ud
language = Sprog
theme = Udseende
theme-auto = Som enheden
theme-light = Lyst
theme-dark = Mørkt
apply = Anvend

# Signing in.
sign-in-title = Log ind
sign-in-login = Login
sign-in-password = Adgangskode
sign-in-button = Log ind
sign-in-hint = Har du ingen adgangskode endnu, eller har du glemt den? Bed din administrator om et link.
sign-in-wrong = Login eller adgangskode er forkert, eller kontoen må ikke logge ind.

# Choosing a password by a link.
activate-choose = Vælg din adgangskode
activate-again = Vælg en anden adgangskode
activate-pending = Et øjeblik
activate-done = Du kan logge ind
activate-expired = Linket virker ikke længere
activate-button = Gem adgangskoden
activate-until = Linket virker indtil { $until }.
activate-on-its-way = Din adgangskode er på vej til alle systemer. Siden ser selv efter igen; det tager nogle få sekunder.
activate-look = Se efter nu
activate-set = Din adgangskode gælder nu overalt.
activate-as = Log fremover ind som

# Instead of a page.
back-to-form = Tilbage til siden før
back-to-start = Til start
no-page-title = Siden findes ikke
no-page-detail = Adressen er måske ufuldstændig, eller du har ikke adgang til siden.
no-method-title = Ikke muligt her
no-method-detail = Siden kan ikke bruges på denne måde.
forged-title = Formularen kan ikke accepteres
forged-detail = Formularen er for gammel, eller din browser gemmer ikke cookies. Gå tilbage, indlæs siden igen, og gentag handlingen. Intet blev ændret.
too-many-title = For mange forsøg
too-many-detail = { $seconds ->
    [one] Vent et sekund, og prøv igen.
   *[other] Vent { $seconds } sekunder, og prøv igen.
}
internal-title = Noget gik galt hos os
internal-detail = Fejlen er vores, og den står i vores log. Prøv igen; hvis det ikke hjælper, så fortæl din administrator, hvornår det skete.
forbidden-title = Ikke tilladt
forbidden-detail = Ingen af dine roller tillader dette. Forsøg på at ændre noget bliver registreret.
invalid-title = Dette kan ikke accepteres
unavailable-title = Vent et øjeblik
unavailable-detail = Vi er ikke klar i øjeblikket. Intet blev ændret; prøv igen om et minut.
full-title = Intet kan gemmes
full-detail = Intet kan gemmes i øjeblikket, fordi vores database er fuld. Intet blev ændret; giv din administrator besked, og prøv igen senere.
slow-title = Det tog for lang tid
slow-detail = Svaret var for længe undervejs. Se efter, om handlingen blev udført, før du gentager den.

# Status: directories.
status-title = Status
status-directories = Kataloger
status-no-directory = Der er ikke oprettet noget katalog endnu.
status-since = siden { $when }
status-breaker = Afbryder
status-urgent = Venter, hastende
status-bulk = Venter, masseændringer
status-parked = Parkeret
status-failed = Kræver indgriben
status-pace = Tempo
status-mode = Driftstilstand
status-controllers = Domænecontrollere
status-answer = svar { $time }
status-clock = ur { $off }
status-in-use = i brug
health-up = Svarer
health-down = Svarer ikke
health-unknown = Ikke spurgt endnu
breaker-open = Åben
breaker-trying = Forsøger
breaker-closed = Lukket
mode-normal = Normal
mode-maintenance = Vedligeholdelse
mode-read-only = Skrivebeskyttet
mode-both = Vedligeholdelse, skrivebeskyttet
pace = { $rate } pr. sekund
milliseconds = { $number } ms
clock-ahead = { $seconds } s foran
clock-behind = { $seconds } s bagud
notice-maintenance = { $name } er under vedligeholdelse. Ændringer modtages, venter og fortsætter af sig selv.
notice-read-only = { $name } er skrivebeskyttet. Ændringer modtages og venter, indtil der igen må ændres i kataloget.
notice-away = { $name } svarer ikke. Ændringer modtages, venter og fortsætter af sig selv.
notice-away-why = { $name }: { $what } Ændringer modtages, venter og fortsætter af sig selv. Løsning: { $cure }

# Status: requests.
status-requests = Anmodninger
status-which = Hvilke anmodninger
status-none = Der er ikke anmodet om noget endnu. Bestillinger og ændringer vises her.
nothing-here = Her er ikke noget.
all = Alle
progress = { $done } af { $total } udført
progress-failed = { $done } af { $total } udført, { $failed } kræver indgriben
progress-many = { $done } udført
progress-many-failed = { $done } udført, { $failed } kræver indgriben
request-all = Alle anmodninger
request-progress = Fremdrift
request-asked-by = anmodet af { $name }
request-retry = Kør det mislykkede igen
request-retry-hint = Udfør først løsningerne nedenfor; derefter køres kun de mislykkede objekter igen.
request-follow = Følg: se efter igen hvert 3. sekund
request-unfollow = Følg ikke længere
request-objects = Objekter
request-which = Hvilke objekter
request-none = Ingen objekter i denne tilstand.
request-tries = { $n ->
    [one] forsøgt én gang
   *[other] forsøgt { $n } gange
}
request-said = Kataloget svarede:
request-cure = Løsning: { $cure }
request-more = Flere objekter
