# Why a call was refused: conflicts by their codes, and rules that a value broke.

conflict-reference_used-title = Referensen används av en annan beställning
conflict-reference_used-detail = Återförsäljaren har redan en beställning med den här referensen och annat innehåll. Ingenting har ändrats: ge beställningen en egen referens eller skicka det första innehållet igen.

conflict-idempotency_key_reused-title = Idempotensnyckeln används av ett annat anrop
conflict-idempotency_key_reused-detail = Ett anrop med denna Idempotency-Key har redan besvarats, och det var ett annat anrop. Ingenting har ändrats: använd en ny nyckel.

conflict-stale-title = Någon har ändrat det under tiden
conflict-stale-detail = Versionen i If-Match är inte den aktuella. Ingenting har ändrats: läs in på nytt och gör om ändringen.

conflict-directory_dedicated-title = Katalogen är reserverad för någon annan
conflict-directory_dedicated-detail = Den är reserverad för en enda organisation, och kunden skulle inte höra till den. Ingenting har ändrats: välj en annan katalog.

conflict-directory_not_allowed-title = Återförsäljarens kunder kan inte finnas i den här katalogen
conflict-directory_not_allowed-detail = Katalogen är reserverad för någon annan, eller så anges den inte i placeringen för återförsäljaren eller för någon ovanför. Ingenting har ändrats: välj en annan katalog eller en annan återförsäljare, eller låt den som hanterar katalogerna tillåta det.

conflict-plans_of_seller-title = Den nuvarande återförsäljarens planer används
conflict-plans_of_seller-detail = Den nya återförsäljaren kan inte sälja det som bara den nuvarande publicerar. Ingenting har ändrats: ge personerna planer som båda har, eller låt leverantören publicera dem.

conflict-directory_in_use-title = I katalogen finns kunder som den inte skulle vara avsedd för
conflict-directory_in_use-detail = En katalog kan reserveras bara när de enda som finns där är de som den är avsedd för. Ingenting har ändrats: flytta först de andra kunderna till en annan katalog.

conflict-directory_move_open-title = Kunden är på väg till en annan katalog
conflict-directory_move_open-detail = En flytt avslutas innan nästa börjar: när tiden då den kan återtas är över, eller när den har återtagits.

conflict-directory_move_over-title = Flytten kan inte längre återtas
conflict-directory_move_over-detail = Tiden för det är över, och de gamla kontona tas bort. Flytta tillbaka kunden på samma sätt som till vilken annan katalog som helst.

conflict-directory_read_only-title = Katalogen är skrivskyddad
conflict-directory_read_only-detail = Just nu får ingenting ändras i den valda katalogen, så ingen kund kan beställas till den. Ingenting har ändrats: välj en annan katalog, eller beställ igen när leverantören har hävt skrivskyddet.

conflict-suspended-title = Organisationen är avstängd
conflict-suspended-detail = Så länge en organisation eller någon ovanför den är avstängd eller avslutad kan ingenting i den beställas eller ändras. Häv avstängningen eller återställ organisationen först.

conflict-closed-title = Organisationen är avslutad
conflict-closed-detail = En avslutad organisation, eller en under den, kan inte stängas av, öppnas igen, flyttas eller avslutas med en annan frist. Återställ den först.

conflict-closed_above-title = En organisation ovanför är avslutad
conflict-closed_above-detail = Det som finns under en avslutad organisation kan inte återställas för sig. Återställ först organisationen ovanför.

conflict-grace_over-title = Organisationen finns inte längre
conflict-grace_over-detail = Tiden då den kunde återställas är över, och dess konton tas bort. Beställ den på nytt; namnen blir lediga när reservationen upphör.

conflict-open_below-title = Det finns öppna organisationer under den
conflict-open_below-detail = En återförsäljare avslutas sist. Avsluta eller flytta först de kunder och återförsäljare som finns under den.

conflict-below_itself-title = En organisation kan inte finnas under sig själv
conflict-below_itself-detail = Den nya återförsäljaren finns under den organisation som ska flyttas. Ingenting har ändrats: välj en annan återförsäljare.

conflict-mail_off-title = Den här installationen skickar ingen e-post
conflict-mail_off-detail = Det du bad om meddelas med e-post, och ingen e-postserver är konfigurerad. Be din administratör om en länk, eller låt den som driver installationen ställa in e-post.
conflict-other_files-title = Andra filer läses
conflict-other_files-detail = En server läser få filer åt gången, och så många läses just nu. Inget av din sparades: skicka den igen om en stund.

conflict-link_dead-title = Länken fungerar inte längre
conflict-link_dead-detail = Länken har använts, ersatts av en nyare eller är för gammal. Be din administratör om en ny.

conflict-oneself-title = Ingen kan inaktivera sitt eget konto
conflict-oneself-detail = Be en annan administratör göra det.

conflict-in_use-title = Det används av personer
conflict-in_use-detail = Det kan inte tas bort så länge personer använder det; listan visar hur många. Ge dem något annat först.
conflict-service_in_use-title = Personer har planer för tjänsten
conflict-service_in_use-detail = Ingenting har ändrats. Om planerna ska upphöra, säg det: med force, eller på sidan som visar vem den tas från. Ge dem annars en annan plan först.

conflict-last_suffix-title = Det är det enda
conflict-last_suffix-detail = En kund behöver ett suffix för sina personers användarhuvudnamn. Lägg till ett annat först.

conflict-built_in_group-title = Produkten sköter den här gruppen själv
conflict-built_in_group-detail = Vilka som ingår i den följer av personer och deras planer, så den kan inte ändras för hand.

conflict-not_ours-title = Objektet är inte vårt
conflict-not_ours-detail = Någon annan har skapat det, så det varken ändras eller tas bort. Den som skapade det måste flytta eller ta bort det i katalogen.

conflict-not_adoptable-title = Det som hittades kan inte övertas
conflict-not_adoptable-detail = Bara personers värden kan övertas, och inga namn som måste vara unika i katalogen. Återställ ändringen eller ändra personen.

conflict-resolved-title = Avvikelsen är inte längre öppen
conflict-resolved-detail = Den har återställts eller övertagits, eller försvann av sig själv. Titta på den igen.

conflict-given_by_bundle-title = Planen ingår i ett paket
conflict-given_by_bundle-detail = Personen har planen genom ett paket. Ta bort paketet eller publicera en version av det utan planen.

conflict-changed_since-title = Ändrat under tiden
conflict-changed_since-detail = Någon har ändrat samma sak sedan dess, och det ångras inte på köpet. Ångra först den senare ändringen eller ange värdet.

conflict-not_undoable-title = Detta kan inte ångras automatiskt
conflict-not_undoable-detail = Ändringar av egenskaper och byten av planversion kan ångras. Allt annat ändras tillbaka där det ändrades.

conflict-no_secret-title = Hooken har ingen hemlighet
conflict-no_secret-detail = Ett kommando körs på den dator där arbetsprocessen finns och signeras inte, så det finns ingen hemlighet att byta.

conflict-survey_not_done-title = Kartläggningen är inte klar
conflict-survey_not_done-detail = Vänta tills den är klar, eller ta reda på varför den misslyckades. Förhandsgranska sedan övertagandet igen.

conflict-too_many_surveys-title = Det finns för många kartläggningar av katalogen
conflict-too_many_surveys-detail = Varje kartläggning glöms tre dagar efter att den begärdes. Utgå från en av dem som finns vid övertagandet, eller vänta.

conflict-preview_stale-title = Det som skulle göras i dag är inte det som visades
conflict-preview_stale-detail = Namn har blivit upptagna under tiden, objekt har blivit våra eller kartläggningen har glömts. Ingenting har ändrats. Förhandsgranska övertagandet igen, utifrån en ny kartläggning om den gamla är borta.

conflict-adoption_conflicts-title = Vissa objekt kan inte övertas
conflict-adoption_conflicts-detail = Ingenting har ändrats. Rätta till det som konflikterna anger och kartlägg igen, eller ange att objekten ska lämnas som de är.
conflict-bulk_state-title = Det kan inte göras med den just nu
conflict-bulk_state-detail = Titta på den igen: den har under tiden påbörjats, avslutats eller avbrutits, eller är inte påbörjad än.
conflict-links_fetched-title = Länkarna har redan hämtats
conflict-links_fetched-detail = Länkar är hemliga och lämnas ut en gång. Den som har förlorat en får en ny: återställ personens lösenord, eller skicka länkar med e-post.
conflict-contended-title = Andra ändrar samma sak just nu
conflict-contended-detail = Det prövades flera gånger, och varje gång kom en annan ändring först. Ingenting har ändrats: försök igen om en stund.

# Rules. The variables are the rule's own arguments.
rule-required = Ett värde behövs.
rule-required-or = Ett värde behövs här eller i { $or }.
rule-too_long = Högst { $max } tecken.
rule-too_short = Minst { $min } tecken.
rule-forbidden_character = Värdet innehåller ett tecken som inte är tillåtet här.
rule-forbidden_character-named = Tecknet ”{ $character }” är inte tillåtet här.
rule-format = Förväntat format: { $expected }.
rule-format-other = Ett annat format förväntas.
rule-and-expected = { $text } Förväntat: { $expected }.
rule-unknown = Detta finns inte här.
rule-unknown-value = ”{ $value }” finns inte här.
rule-unknown-known = { $text } Kända värden: { $known }.
rule-taken = Detta är redan upptaget.
rule-taken-value = ”{ $value }” är redan upptaget.
rule-too_many = Högst { $max } är möjliga på en gång.
rule-too_many-other = Färre är möjliga på en gång.
rule-quota-people = personer
rule-quota-service = tjänsten { $name }
rule-quota-plan = planen { $name }
rule-quota = Kvoten för { $quota } ({ $whose }) är { $max }; { $used } används, och ytterligare { $asked } har begärts. Den som står ovanför kan höja den, eller så måste något av den frigöras först.
rule-of-service = Tjänsten { $service } skulle sätta ”{ $value }”. { $rule } Ändra det som tjänsten, dess plan eller dess egenskaper säger och försök igen.
rule-of-service-person = Tjänsten { $service } skulle sätta ”{ $value }” för { $person }. { $rule } Ändra det som tjänsten, dess plan eller dess egenskaper säger, eller personen, och försök igen.
rule-quota-seller = En av återförsäljarens kvoter för { $quota } ger inte plats för ytterligare { $asked }. Fråga återförsäljaren.
rule-out_of_range = Detta är inte möjligt här.
rule-out_of_range-between = Måste ligga mellan { $min } och { $max }.
rule-out_of_range-min = Får inte ligga före eller under { $min }.
rule-out_of_range-max = Får inte ligga över { $max }.
rule-immutable = Detta kan inte ändras efter att det har skapats.
rule-immutable-present = Exporten säger { $value }, här är det { $present }. Det har inte ändrats; ändra eller flytta kunden om så önskas.
rule-too_few_kinds = Använd minst { $min } av följande: stora bokstäver, små bokstäver, siffror och andra tecken.
rule-holds_word = Får inte innehålla ”{ $value }”.
rule-holds_word-name = Får inte innehålla det egna namnet.
rule-cycle = Detta skulle gå runt i en cirkel.
rule-cycle-value = ”{ $value }” finns redan under, så detta skulle gå runt i en cirkel.
rule-duplicate = Detta står här två gånger.
rule-duplicate-value = ”{ $value }” står här två gånger.
rule-duplicate-other = Ange antingen detta eller { $other }, inte båda.

# What an adoption does to a directory.
adoption-marked = { $n ->
    [one] 1 objekt får produktens märkning; dess övriga attribut och lösenord lämnas kvar.
   *[other] { $n } objekt får produktens märkning; deras övriga attribut och lösenord lämnas kvar.
}
adoption-closed = { $n ->
    [one] 1 behållare kan läsas bara av kundens egna personer.
   *[other] { $n } behållare kan läsas bara av kundens egna personer.
}
adoption-groups = { $n ->
    [one] 1 grupp skapas, och personer läggs in i den.
   *[other] { $n } grupper skapas, och personer läggs in i dem.
}
adoption-linked-directory = { $n ->
    [one] 1 person eller grupp får det som hittades som det är, och portalen övertar det som visas.
   *[other] { $n } personer och grupper får det som hittades som det är, och portalen övertar det som visas.
}
adoption-linked-portal = { $n ->
    [one] 1 person eller grupp får det som hittades, som ändras till det portalen känner till.
   *[other] { $n } personer och grupper får det som hittades, som ändras till det portalen känner till.
}

# Why an object is not taken over, and what to do about it.
adopt-already_ours = Det är redan vårt.
adopt-already_ours-cure = Ingenting behöver göras.
adopt-foreign_marker = Det bär en märkning från något som produkten inte känner till.
adopt-foreign_marker-cure = Rensa märkningens attribut om ingen annan installation använder det, och kartlägg sedan igen.
adopt-protected = Det finns på listan över det som aldrig rörs.
adopt-protected-cure = Ta bort det från listan i katalogens inställningar om det är riktigt, och kartlägg sedan igen.
adopt-container = Behållaren som det ligger i övertas inte.
adopt-container-cure = Rätta till det som behållarens egen konflikt anger, och kartlägg sedan igen.
adopt-value-missing = Ett värde saknas: { $field }.
adopt-value-missing-cure = Lägg in värdet i katalogen, och kartlägg sedan igen.
adopt-value = Ett värde kan inte behållas: { $field }.
adopt-value-cure = Rätta värdet i katalogen, och kartlägg sedan igen.
adopt-name_taken = Någon annan har, eller hade nyligen, samma värde: { $field } ”{ $value }”.
adopt-name_taken-cure = Ge objektet ett annat värde i katalogen, och kartlägg sedan igen.
adopt-duplicate = Ett värde förekommer två gånger i det som övertas, eller används av produkten själv: { $field } ”{ $value }”.
adopt-duplicate-cure = Byt namn på ett av objekten i katalogen, och kartlägg sedan igen.
adopt-suffix_taken = En annan kund har domänen ”{ $value }”.
adopt-suffix_taken-cure = Ge personen ett användarhuvudnamn i en av kundens domäner, och kartlägg sedan igen.
adopt-suffix_left_out = Domänen ”{ $value }” finns inte bland dem som kunden får.
adopt-suffix_left_out-cure = Lägg till domänen bland kundens domäner och förhandsgranska igen, eller utelämna personen.
adopt-several_candidates = Objektet och det som det skulle höra till motsvarar inte varandra ett till ett.
adopt-several_candidates-cure = Rätta ett av dem eller välj andra regler, och inventera och förhandsgranska sedan igen.
adopt-linked_elsewhere = Enligt de valda reglerna skulle det höra till ”{ $value }”, som har ett annat konto.
adopt-linked_elsewhere-cure = Välj regler som inte för samman de två, eller rätta värdet, och förhandsgranska sedan igen.
adopt-other_customer = Det tillkommer inte den här kunden.
adopt-other_customer-cure = Utelämna det, eller fråga den som driver katalogen.
adopt-computer = Det är en dators konto.
adopt-computer-cure = Ingenting behöver göras.
adopt-service_account = Det är en tjänsts konto.
adopt-service_account-cure = Ingenting behöver göras.
adopt-built_in = Katalogen klarar sig inte utan det.
adopt-built_in-cure = Ingenting behöver göras.

# Where a rule comes with nothing to say about it.
rule-unspecific = Detta kan inte godtas.
rule-too_long-other = Detta är för långt.
rule-too_short-other = Detta är för kort.

# What a field takes, by the words of the code.
expected-an-instant-with-its-offset = en tidpunkt med skillnad mot UTC, t.ex. { $example }
expected-an-instant = en tidpunkt, t.ex. { $example }
expected-a-day = en dag, t.ex. { $example }
expected-two-letters = två bokstäver, t.ex. { $example }
expected-an-address = en adress, t.ex. { $example }
expected-name-domain = namn@domän, t.ex. { $example }
expected-a-time-zone = en tidszon, t.ex. { $example }
expected-a-language = ett språk, t.ex. { $example }
expected-a-domain-name = ett domännamn, t.ex. { $example }
expected-a-currency = en valuta, t.ex. { $example }
expected-a-drive = en enhet, t.ex. { $example }
expected-a-whole-number = ett heltal
expected-the-id-or-the-principal-name-of-a-person = id eller användarhuvudnamn för en person
expected-a-letter-first--then-letters--digits-and-inner-hyphens = först en bokstav, sedan bokstäver, siffror och bindestreck inuti
expected-a-provider-or-reseller = en leverantör eller återförsäljare
expected-a-person-or-a-customer = en person eller en kund

# Versions of plans.
conflict-older_version-title = Någon har en nyare version av planen
conflict-older_version-detail = Abonnemang ändras bara till nyare versioner. Inget ändrades: välj en nyare version, ange med from vilka det gäller, eller ångra den begäran som gav den nyare.

# Fields and settings.
rule-taken-by = ”{ $value }” är redan upptaget av { $by }.
rule-administrators_only = Det ändras bara av en administratör.
rule-own_account = Det är ditt eget konto: någon annan måste göra det.
rule-not_asked = Hoppades över: roller ges och tas bort bara där det begärdes ({ $value }).
rule-not_held = { $value }: det kan du varken ge eller ta, för det tillåter mer än du själv får.
conflict-currency_billed-title = Något har beställts i den nuvarande valutan
conflict-currency_billed-detail = Det en kund har beställt faktureras i den valuta som gällde då, och priser är i en valuta. Inget ändrades: beställ en ny kund i den andra valutan, eller fakturera och stäng den här först.
expected-utf-8--utf-16-or-windows-1252 = UTF-8, UTF-16 eller Windows-1252
expected-a-csv-file = en CSV-fil
expected-a-closing-quote-for-every-quote = ett avslutande citattecken till varje citattecken
expected-a-code-of-the-file-of-customers = en kod ur filen med kunder
expected-a-code-with-which-the-names-of-the-customer-s-groups-are-free = en kod med vilken namnen på kundens grupper är lediga
expected-a-customer-in-the-directory-of-the-survey = en kund i den katalog som gicks igenom
expected-a-domain-for-the-customer-s-people = en domän för kundens personer
expected-a-file-in-base64 = en fil i base64
expected-a-number = ett tal, t.ex. { $example }
expected-a-row-of-headings = en rad med rubriker
expected-either-url-or-command = antingen url eller command
expected-every---closed-by-a-- = varje { "{" } stängd av en { "}" }
expected-key-value = nyckel=värde, t.ex. { $example }
expected-nothing-about-a-new-customer-beside-one-that-exists = inget om en ny kund vid sidan av en som finns
expected-yes-or-no = ja eller nej
expected--code--in-the-name-of-a-group = { "{" }code{ "}" } i en grupps namn
expected-one-instance--the-names-of-its-groups-do-not-hold--instance- = en instans: namnen på dess grupper innehåller inte { "{" }instance{ "}" }
expected-a-container-that-lies-in-none-of-ours--or-in-that-of-the-seller = en behållare som inte ligger i någon av våra, eller i säljarens
expected-a-container-that-lies-in-none-of-ours--in-that-of-the-seller--or-in-that-of-the-customer = en behållare som inte ligger i någon av våra, eller i säljarens eller kundens
expected-the--next--of-an-earlier-page-of-this-list = vägen från en tidigare sida av denna lista, som den var
expected-nothing--unless-the-hook-is-called-before-a-change = inget, om inte hooken anropas före en ändring
expected-a-small-letter-first--then-small-letters--digits-and-- = först en liten bokstav, sedan små bokstäver, siffror och _
expected-a-value-of-the-form = ett värde på formen { $example }
expected-a-number-with-at-most-15-digits-before-and-6-after-the-point = ett tal med högst 15 siffror före och 6 efter kommat
expected-a-regular-expression = ett reguljärt uttryck, t.ex. { $example }
expected-https---host-path = https://värd/sökväg
expected-https---host-path-without-a-user--a-blank-or-a-fragment = https://värd/sökväg utan användare, blanksteg eller fragment
expected-an-address-that-is-not-this-machine-s-or-its-link-s--hooks-allow-addresses-lists-exceptions = en adress som varken är den här maskinens eller dess närmaste näts; undantag står i hooks.allow_addresses
expected-https-----plain-http-only-where-the-configuration-of-the-server-allows-it = https://; vanlig http bara där serverns konfiguration tillåter det
expected-days-and-full-hours = dagar och hela timmar, t.ex. { $example }
expected-a-principal-name--user-name--mail-address-or-employee-id = ett användarhuvudnamn, användarnamn, en mejladress eller ett anställningsnummer
expected-columns-of-the-headings = { $example } kolumner som i rubrikerna
expected-at-least-one-of--given----surname----g----s- = minst en av { "{" }given{ "}" }, { "{" }surname{ "}" }, { "{" }g{ "}" }, { "{" }s{ "}" }
expected-a-first-line-for-the-subject--and-a-text-below-it = en första rad för ämnet och en text under den
expected-a-subject-without--link- = ett ämne utan { "{" }link{ "}" }
expected-a-text-with--link- = en text med { "{" }link{ "}" }
expected-addresses = adresser, t.ex. { $example }
expected-1-to-40-lower-case-letters--digits-and-underscores--a-letter-first = 1 till 40 små bokstäver, siffror och understreck, först en bokstav
expected-1-to-40-lower-case-letters--digits-and-hyphens--a-letter-first = 1 till 40 små bokstäver, siffror och bindestreck, först en bokstav
expected-true-or-false = true eller false

# Files of people.
rule-mangled = Ett kalkylprogram har ändrat det som skrevs här. Formatera kolumnen som text, skriv värdet igen och importera filen på nytt.
rule-mangled-number = Ett kalkylprogram har uppfattat detta som ett tal, så nollor i början kan ha gått förlorade. Kontrollera värdet och formatera kolumnen som text om de saknas.
rule-mangled-date = Ett kalkylprogram har gjort ett datum av det som skrevs här. Formatera kolumnen som text, skriv värdet igen och importera filen på nytt.
rule-mangled-exponent = Ett kalkylprogram har gjort ett avrundat tal av detta, så siffror har gått förlorade. Formatera kolumnen som text, skriv värdet igen och importera filen på nytt.
rule-mangled-error = Här står felet från en formel och inget värde. Rätta formeln eller ersätt den med värdet.
expected-a-column-with-a-principal-name--log-on-name--external-id-or-employee-id = en kolumn med användarhuvudnamn, inloggningsnamn, externt id eller anställningsnummer
expected-both-columns-of-a-login--that-before-the---and-the-domain = båda kolumnerna för en inloggning: delen före @ och domänen
