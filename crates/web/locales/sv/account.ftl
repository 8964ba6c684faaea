# Signing in, forgotten passwords, links, one's own account, and mails.

# How long somebody has to wait.
wait-seconds = { $n ->
    [one] 1 sekund
   *[other] { $n } sekunder
}
wait-minutes = { $n ->
    [one] 1 minut
   *[other] { $n } minuter
}

# Signing in.
sign-in-first = Logga in så kommer du till sidan du ville se.
sign-in-wait = För många felaktiga försök. Vänta { $time } och försök sedan igen.
sign-in-forgotten = Har du glömt ditt lösenord?

# Forgotten password.
forgotten-title = Glömt lösenord
forgotten-hint = Ange ditt användarnamn. Du får ett mejl med en länk där du väljer ett nytt lösenord.
forgotten-button = Skicka en länk
forgotten-back = Tillbaka till inloggningen
forgotten-wait = En länk har begärts för många gånger. Vänta { $time } och begär en igen, eller be din administratör om en.
forgotten-asked = Titta i din inkorg
forgotten-sent = { $n ->
    [one] Om det finns ett konto med det användarnamnet och en mejladress är ett mejl med en länk på väg dit. Länken fungerar i 1 minut. Tills den används fungerar det nuvarande lösenordet som förut.
   *[other] Om det finns ett konto med det användarnamnet och en mejladress är ett mejl med en länk på väg dit. Länken fungerar i { $n } minuter. Tills den används fungerar det nuvarande lösenordet som förut.
}
forgotten-nothing = Kommer det inget? Se efter om mejlet hamnat i skräpposten och om användarnamnet var rätt. Kanske saknar ditt konto mejladress: be då din administratör om en länk.
forgotten-kept = Den här installationen skickar inga mejl: de sparas, och den som driver den kan läsa dem.
forgotten-no-mail = Här kan länkar inte skickas med mejl. Be din administratör om en länk där du väljer ett nytt lösenord.

# Choosing a password by a link: why there is one.
activate-hello = Hej { $name }!
activate-new-one = Välj ett nytt lösenord
activate-used = Länken har använts och fungerar inte en gång till. Har du glömt lösenordet igen?
activate-ask-mail = Få en ny länk skickad med mejl, eller be din administratör om en. Om du kan ditt lösenord loggar du bara in.
activate-ask = Be din administratör om en ny länk. Om du kan ditt lösenord loggar du bara in.
activate-new-link = Begär en ny länk
link-activation = Ett konto har skapats åt dig. Med den här länken väljer du dess lösenord.
link-reset = Din administratör ber dig välja ett nytt lösenord. Tills dess fungerar det nuvarande som förut.
link-forgotten = Någon, förmodligen du, har glömt lösenordet till det här kontot. Om det inte var du stänger du sidan: inget ändras.
link-change = Du byter lösenord. Tills det gäller överallt fungerar det nuvarande som förut.
link-over = Den fungerade till { $until }.
link-replaced = Den har ersatts av en nyare, eller så får kontot för närvarande inte logga in. Länken som fungerar finns i det senaste mejlet eller meddelandet.

# What a password has to be.
password-chars = Minst { $n } tecken.
password-kinds = Minst { $n } av dessa: stora bokstäver, små bokstäver, siffror, andra tecken.
password-no-names = Inget av dina namn.
password-no-words = Inget av dessa ord: { $words }.
password-directory = Inget som du har använt här tidigare; katalogen kan kräva mer och säger det i så fall.
password-advice = Flera ord är lättare att komma ihåg än specialtecken.
password-differ = De två lösenorden är inte likadana.
rule-mismatch = Det är inte det nuvarande lösenordet.
rule-unchanged = Det är det nuvarande. Välj ett annat.
rule-changed_meanwhile = Någon har ändrat det sedan detta visades; det lämnades som det är.
rule-expired = Det sparades i { $hours } timmar och förstördes sedan. Personen väljer ett via länken; eller importera filen igen.
rule-defect = Servern kan inte göra det: den har ett fel eller är felaktigt installerad. Dess logg säger varför.
rule-other_directory = { $value } bor i en annan katalog, och ett konto kan inte lämna sin egen. Flytta först en av kunderna dit, eller skapa personen på nytt i { $value }.
rule-in_directory = Katalogen har ett konto eller en grupp som heter { $value } och inte hanteras här, sett { $seen }. Ta över det (adoption), välj ett annat namn, eller titta på katalogen igen om det är borta.
field-login = Användarnamn
field-present_password = Nuvarande lösenord
field-password = Nytt lösenord
field-again = Samma lösenord igen

# One's own password.
account-password = Byt lösenord
account-password-hint = Det ändras överallt på en gång: här och där du loggar in. Sedan loggar du in igen i alla webbläsare.
account-password-button = Byt lösenordet

# Sessions.
account-sessions = Sessioner
account-sessions-hint = Här är du inloggad. Avsluta det du inte känner igen, och byt sedan lösenord.
session-where = Webbläsare och nätverk
session-since = Inloggad
session-used = Senast använd
session-this = Den här
session-unknown = Okänt program
session-device = { $browser } på { $system }
session-unused = inte sedan dess
session-end = Avsluta
session-end-of = Avsluta sessionen i { $device }
session-end-others = Avsluta alla andra
session-end-all = Logga ut överallt
session-none = Inte inloggad någonstans.
session-end-person = Avsluta alla sessioner
session-end-person-hint = Personen måste logga in igen överallt. Token för program fungerar som förut.
done-session-ended = Avslutad. Den webbläsaren är utloggad.
done-sessions-ended = Alla sessioner är avslutade.

# Language and appearance.
account-look = Språk och utseende
account-look-hint = Gäller i alla webbläsare där du loggar in, och för mejl till dig.
account-language-customer = Som { $customer } ({ $language })
field-own_language = Språk
field-own_theme = Utseende
done-look = Sparat för alla webbläsare.

# Mails.
nav-mails = Mejl
mails-title = Mejl
mails-which = Vilka mejl
mails-hint = Länkar för lösenord som skickas med mejl, från de senaste två veckorna.
mails-keep = Den här installationen skickar inga mejl. De sparas i två veckor och kan läsas här med sina länkar, som öppnar konton: endast för demonstrationer.
mails-off = Mejl är inte konfigurerat
mails-off-hint = Inget skickas med mejl: den som skapar en länk lämnar över den själv, och länkar för glömda lösenord kan inte begäras. Fyll i avsnittet mail i konfigurationen på alla servrar och workers för att ändra det.
mails-none = Inga mejl de senaste två veckorna. Länkar för lösenord som skickas med mejl visas här.
mails-said = Mejlservern svarade:
mails-gone = Adressen borttagen
mails-gone-hint = Det personliga i mejlet har tagits bort tillsammans med personens uppgifter.
mails-unreadable = Texten visas inte: länken öppnar personens konto.
mails-text = Texten
mails-login = Användarnamn
mails-brand = Varumärke
mails-until = Länken fungerar till
mails-wanted = Begärt
mails-ended = Avslutat
mails-tries = Försök
mails-person = Till personen
mail-kind-activation = Första lösenordet
mail-kind-reset = Nytt lösenord, av en administratör
mail-kind-reset_requested = Glömt lösenord
mail-state-requested = Väntar
mail-state-sent = Skickat
mail-state-failed = Inte skickat
mail-state-kept = Sparat
