# Signing in, forgotten passwords, links, one's own account, and mails.

# How long somebody has to wait.
wait-seconds = { $n ->
    [one] 1 sekund
   *[other] { $n } sekunder
}
wait-minutes = { $n ->
    [one] 1 minut
   *[other] { $n } minutter
}

# Signing in.
sign-in-first = Log ind, så kommer du til den side, du bad om.
sign-in-wait = For mange forkerte forsøg. Vent { $time }, og prøv igen.
sign-in-forgotten = Har du glemt din adgangskode?

# Forgotten password.
forgotten-title = Glemt adgangskode
forgotten-hint = Skriv dit login. Du får en mail med et link, så du kan vælge en ny adgangskode.
forgotten-button = Send mig et link
forgotten-back = Tilbage til log ind
forgotten-wait = Der er bedt om et link for mange gange. Vent { $time }, og bed om et igen, eller bed din administrator om et.
forgotten-asked = Se i din indbakke
forgotten-sent = { $n ->
    [one] Hvis der findes en konto med dette login og en mailadresse, er en mail med et link på vej dertil. Linket virker i 1 minut. Indtil det bruges, virker den nuværende adgangskode stadig.
   *[other] Hvis der findes en konto med dette login og en mailadresse, er en mail med et link på vej dertil. Linket virker i { $n } minutter. Indtil det bruges, virker den nuværende adgangskode stadig.
}
forgotten-nothing = Kommer der ingenting? Se, om mailen er havnet i uønsket post, og om loginet var rigtigt. Måske har din konto ingen mailadresse: bed så din administrator om et link.
forgotten-kept = Denne installation sender ingen mail: mails gemmes, og den, der driver den, kan læse dem.
forgotten-no-mail = Her kan links ikke sendes med mail. Bed din administrator om et link, så du kan vælge en ny adgangskode.

# Choosing a password by a link: why there is one.
activate-hello = Hej { $name }.
activate-new-one = Vælg en ny adgangskode
activate-used = Linket er brugt og virker ikke en gang til. Har du glemt adgangskoden igen?
activate-ask-mail = Få et nyt link sendt med mail, eller bed din administrator om et. Kender du din adgangskode, så log bare ind.
activate-ask = Bed din administrator om et nyt link. Kender du din adgangskode, så log bare ind.
activate-new-link = Bed om et nyt link
link-activation = Der er oprettet en konto til dig. Med dette link vælger du dens adgangskode.
link-reset = Din administrator beder dig vælge en ny adgangskode. Indtil da virker den nuværende stadig.
link-forgotten = Nogen, formentlig dig, har glemt adgangskoden til denne konto. Hvis det ikke var dig, så luk siden: intet ændres.
link-change = Du er ved at skifte adgangskode. Indtil den gælder overalt, virker den nuværende stadig.
link-over = Det virkede indtil { $until }.
link-replaced = Det er erstattet af et nyere, eller kontoen må for tiden ikke logge ind. Den nyeste mail eller besked har det link, der virker.

# What a password has to be.
password-chars = Mindst { $n } tegn.
password-kinds = Mindst { $n } af disse: store bogstaver, små bogstaver, tal, andre tegn.
password-no-names = Ingen af dine navne.
password-no-words = Ingen af disse ord: { $words }.
password-directory = Ingen, du har brugt her før; kataloget kan kræve mere og siger det så.
password-advice = Flere ord er lettere at huske end specialtegn.
password-differ = De to adgangskoder er ikke ens.
rule-mismatch = Det er ikke den nuværende adgangskode.
rule-unchanged = Det er den nuværende. Vælg en anden.
rule-changed_meanwhile = Nogen har ændret det, siden dette blev vist; det er ladt, som det er.
rule-expired = Den blev opbevaret i { $hours } timer og derefter slettet. Personen vælger en via linket; eller importer filen igen.
rule-defect = Serveren kan ikke gøre det: Den har en fejl eller er installeret forkert. Dens log siger hvorfor.
rule-other_directory = { $value } bor i et andet katalog, og en konto kan ikke forlade sit eget. Flyt først en af kunderne dertil, eller opret personen på ny i { $value }.
rule-in_directory = Kataloget har en konto eller gruppe, der hedder { $value } og ikke administreres her, set { $seen }. Overtag den (adoption), vælg et andet navn, eller se på kataloget igen, hvis den er væk.
field-login = Login
field-present_password = Nuværende adgangskode
field-password = Ny adgangskode
field-again = Gentag adgangskoden

# One's own password.
account-password = Skift adgangskode
account-password-hint = Den skiftes overalt på én gang: her og dér, hvor du logger på. Bagefter skal du logge ind igen i alle browsere.
account-password-button = Skift adgangskoden

# Sessions.
account-sessions = Sessioner
account-sessions-hint = Her er du logget ind. Afslut det, du ikke kender, og skift så din adgangskode.
session-where = Browser og netværk
session-since = Logget ind
session-used = Sidst brugt
session-this = Denne
session-unknown = Ukendt program
session-device = { $browser } på { $system }
session-unused = ikke siden
session-end = Afslut
session-end-of = Afslut sessionen i { $device }
session-end-others = Afslut alle andre
session-end-all = Log ud overalt
session-none = Ikke logget ind nogen steder.
session-end-person = Afslut alle sessioner
session-end-person-hint = Personen skal logge ind igen overalt. Tokens til programmer virker stadig.
done-session-ended = Afsluttet. Den browser er logget ud.
done-sessions-ended = Alle sessioner er afsluttet.

# Language and appearance.
account-look = Sprog og udseende
account-look-hint = Gælder i alle browsere, hvor du logger ind, og for mails til dig.
account-language-customer = Som { $customer } ({ $language })
field-own_language = Sprog
field-own_theme = Udseende
done-look = Gemt for alle browsere.

# Mails.
nav-mails = Mails
mails-title = Mails
mails-which = Hvilke mails
mails-hint = Links til adgangskoder, som folk får med mail, fra de seneste to uger.
mails-keep = Denne installation sender ingen mail. Mails gemmes i to uger og kan læses her med deres links, som åbner folks konti: kun til demonstrationer.
mails-off = Mail er ikke konfigureret
mails-off-hint = Intet sendes med mail: den, der laver et link, afleverer det selv, og man kan ikke bede om link til en glemt adgangskode. Udfyld afsnittet mail i konfigurationen på alle servere og workere for at ændre det.
mails-none = Ingen mail i de seneste to uger. Links til adgangskoder, der sendes med mail, vises her.
mails-said = Mailserveren svarede:
mails-gone = Adresse slettet
mails-gone-hint = Det personlige i denne mail er slettet sammen med personens oplysninger.
mails-unreadable = Teksten vises ikke: linket åbner personens konto.
mails-text = Teksten
mails-login = Login
mails-brand = Brand
mails-until = Linket virker indtil
mails-wanted = Bestilt
mails-ended = Afgjort
mails-tries = Forsøg
mails-person = Til personen
mail-kind-activation = Første adgangskode
mail-kind-reset = Ny adgangskode, fra en administrator
mail-kind-reset_requested = Glemt adgangskode
mail-state-requested = Venter
mail-state-sent = Sendt
mail-state-failed = Ikke sendt
mail-state-kept = Gemt
