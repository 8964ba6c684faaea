# Why a call was refused: conflicts by their codes, and rules that a value broke.

conflict-reference_used-title = Referencen bruges af en anden bestilling
conflict-reference_used-detail = Forhandleren har en bestilling med denne reference og et andet indhold. Intet blev ændret: giv bestillingen sin egen reference, eller send det første indhold igen.

conflict-idempotency_key_reused-title = Idempotensnøglen bruges af et andet kald
conflict-idempotency_key_reused-detail = Et kald med denne Idempotency-Key er allerede besvaret, og det var et andet kald. Intet blev ændret: brug en ny nøgle.

conflict-stale-title = Nogen har ændret det i mellemtiden
conflict-stale-detail = Versionen i If-Match er ikke den aktuelle. Intet blev ændret: læs igen, og gentag ændringen.

conflict-directory_dedicated-title = Kataloget er forbeholdt en anden
conflict-directory_dedicated-detail = Det er forbeholdt én lejer, og denne kunde ville ikke høre under den. Intet blev ændret: vælg et andet katalog.

conflict-directory_not_allowed-title = Denne forhandlers kunder kan ikke ligge i dette katalog
conflict-directory_not_allowed-detail = Kataloget er forbeholdt en anden, eller placeringen for forhandleren eller for en over den nævner det ikke. Intet blev ændret: vælg et andet katalog eller en anden forhandler, eller lad den, der administrerer katalogerne, tillade det.

conflict-plans_of_seller-title = Den nuværende forhandlers planer er i brug
conflict-plans_of_seller-detail = Den nye forhandler kan ikke sælge det, som kun den nuværende udgiver. Intet blev ændret: tildel personerne planer, som begge har, eller lad udbyderen udgive disse.

conflict-directory_in_use-title = I kataloget ligger kunder, som det ikke ville være for
conflict-directory_in_use-detail = Et katalog kan kun forbeholdes en lejer, når ingen andre kunder ligger der. Intet blev ændret: flyt først de andre kunder til et andet katalog.

conflict-directory_move_open-title = Kunden er på vej til et andet katalog
conflict-directory_move_open-detail = En flytning afsluttes, før den næste begynder: når fristen for at tage den tilbage er udløbet, eller når den er taget tilbage.

conflict-directory_move_over-title = Flytningen kan ikke længere tages tilbage
conflict-directory_move_over-detail = Fristen er udløbet, og de gamle konti er ved at blive fjernet. Flyt kunden tilbage på samme måde som til ethvert andet katalog.

conflict-directory_read_only-title = Kataloget er skrivebeskyttet
conflict-directory_read_only-detail = Der må i øjeblikket ikke ændres noget i det valgte katalog, så der kan ikke bestilles kunder i det. Intet blev ændret: vælg et andet katalog, eller bestil igen, når udbyderen har ophævet dette.

conflict-suspended-title = Lejeren er suspenderet
conflict-suspended-detail = Så længe en lejer eller en over den er suspenderet eller lukket, kan intet hos den bestilles eller ændres. Ophæv først suspenderingen, eller gendan lejeren.

conflict-closed-title = Lejeren er lukket
conflict-closed-detail = En lukket lejer eller en under den kan ikke suspenderes, genoptages, flyttes eller lukkes med en anden frist. Gendan den først.

conflict-closed_above-title = En overordnet lejer er lukket
conflict-closed_above-detail = Det, der hører under en lukket lejer, kan ikke gendannes alene. Gendan først den overordnede lejer.

conflict-grace_over-title = Lejeren findes ikke længere
conflict-grace_over-detail = Fristen for at gendanne den er udløbet, og dens konti er ved at blive fjernet. Bestil den igen; dens navne bliver ledige, når reservationen af dem udløber.

conflict-open_below-title = Der er åbne lejere under den
conflict-open_below-detail = En forhandler lukkes til sidst. Luk eller flyt først de kunder og forhandlere, der hører under den.

conflict-below_itself-title = En lejer kan ikke høre under sig selv
conflict-below_itself-detail = Den nye forhandler hører under den lejer, der skal flyttes. Intet blev ændret: vælg en anden forhandler.

conflict-mail_off-title = Denne installation sender ikke mail
conflict-mail_off-detail = Det, du bad om, sendes med mail, og der er ikke sat nogen mailserver op. Bed din administrator om et link, eller få den, der driver installationen, til at sætte mail op.
conflict-other_files-title = Andre filer bliver læst
conflict-other_files-detail = En server læser få filer ad gangen, og så mange bliver læst lige nu. Intet af din blev gemt: send den igen om et øjeblik.

conflict-link_dead-title = Linket virker ikke længere
conflict-link_dead-detail = Linket er blevet brugt, er erstattet af et nyere eller er for gammelt. Bed din administrator om et nyt.

conflict-oneself-title = Man kan ikke deaktivere sin egen konto
conflict-oneself-detail = Bed en anden administrator om at gøre det.

conflict-in_use-title = Den er i brug
conflict-in_use-detail = Den kan ikke fjernes, mens nogen bruger den; listen viser, hvor mange det er. Giv dem først en anden.
conflict-service_in_use-title = Personer har planer til tjenesten
conflict-service_in_use-detail = Intet blev ændret. Hvis deres planer skal slutte, så sig det: med force eller på siden, der viser, hvem den tages fra. Giv dem ellers først en anden plan.

conflict-last_suffix-title = Det er det eneste
conflict-last_suffix-detail = En kunde skal have et suffiks til sine personers brugerprincipalnavne. Tilføj først et andet.

conflict-built_in_group-title = Produktet styrer selv denne gruppe
conflict-built_in_group-detail = Hvem der er i den, følger af personerne og deres planer, så den kan ikke ændres manuelt.

conflict-not_ours-title = Objektet er ikke vores
conflict-not_ours-detail = En anden har oprettet det, så det hverken ændres eller fjernes. Den, der har oprettet det, må flytte eller fjerne det i kataloget.

conflict-not_adoptable-title = Det fundne kan ikke overtages
conflict-not_adoptable-detail = Kun personers værdier kan overtages og ingen navne, der skal være entydige i kataloget. Før ændringen tilbage, eller rediger personen.

conflict-resolved-title = Fundet er ikke længere åbent
conflict-resolved-detail = Ændringen er ført tilbage, er overtaget eller er forsvundet af sig selv. Se på det igen.

conflict-given_by_bundle-title = Planen er tildelt via en pakke
conflict-given_by_bundle-detail = Personen har planen via en pakke. Fjern pakken, eller udgiv en version af den uden planen.

conflict-changed_since-title = Ændret i mellemtiden
conflict-changed_since-detail = Nogen har siden ændret det samme, og det fortrydes ikke samtidig. Fortryd først den senere ændring, eller angiv værdien.

conflict-not_undoable-title = Dette kan ikke fortrydes for sig
conflict-not_undoable-detail = Ændringer af egenskaber og af planers versioner kan fortrydes. Alt andet ændres tilbage der, hvor det blev ændret.

conflict-no_secret-title = Hooket har ingen hemmelighed
conflict-no_secret-detail = En kommando kører på arbejdsprocessens maskine og signeres ikke, så der er ingen hemmelighed at udskifte.

conflict-survey_not_done-title = Kortlægningen er ikke færdig
conflict-survey_not_done-detail = Vent, til den er det, eller se, hvorfor den mislykkedes. Få derefter vist overtagelsen på forhånd igen.

conflict-too_many_surveys-title = Der er for mange kortlægninger af kataloget
conflict-too_many_surveys-detail = Hver af dem glemmes tre dage efter, at der blev anmodet om den. Overtag fra en af dem, der findes, eller vent.

conflict-preview_stale-title = Det, der ville ske i dag, er ikke det, der blev vist
conflict-preview_stale-detail = I mellemtiden er navne blevet optaget, objekter er blevet vores, eller kortlægningen er glemt. Intet blev ændret. Få overtagelsen vist på forhånd igen, og lav en ny kortlægning, hvis den gamle er væk.

conflict-adoption_conflicts-title = Nogle objekter kan ikke overtages
conflict-adoption_conflicts-detail = Intet blev ændret. Ret det, som konflikterne nævner, og kortlæg igen, eller angiv, at objekterne skal blive, som de er.
conflict-bulk_state-title = Det kan ikke gøres med den lige nu
conflict-bulk_state-detail = Se på den igen: den er i mellemtiden påbegyndt, afsluttet eller annulleret, eller den er ikke påbegyndt endnu.
conflict-links_fetched-title = Linkene er allerede hentet
conflict-links_fetched-detail = Links er hemmelige og gives én gang. Den, der har mistet et, får et nyt: nulstil personens adgangskode, eller send links med e-mail.
conflict-contended-title = Andre ændrer det samme lige nu
conflict-contended-detail = Det blev forsøgt flere gange, og hver gang kom en anden ændring først. Intet blev ændret: prøv igen om et øjeblik.

# Rules. The variables are the rule's own arguments.
rule-required = Angiv en værdi.
rule-required-or = Angiv en værdi her eller i { $or }.
rule-too_long = Højst { $max } tegn.
rule-too_short = Mindst { $min } tegn.
rule-forbidden_character = Indeholder et tegn, der ikke er tilladt her.
rule-forbidden_character-named = Tegnet »{ $character }« er ikke tilladt her.
rule-format = Forventet: { $expected }.
rule-format-other = Der forventes et andet format.
rule-and-expected = { $text } Forventet: { $expected }.
rule-unknown = Dette findes ikke her.
rule-unknown-value = »{ $value }« findes ikke her.
rule-unknown-known = { $text } Kendt: { $known }.
rule-taken = Dette er allerede optaget.
rule-taken-value = »{ $value }« er allerede optaget.
rule-too_many = Højst { $max } er mulige på én gang.
rule-too_many-other = Så mange er ikke mulige på én gang.
rule-quota-people = personer
rule-quota-service = tjenesten { $name }
rule-quota-plan = planen { $name }
rule-quota = Kvoten hos { $whose } for { $quota } er { $max }; { $used } er i brug, og der blev anmodet om yderligere { $asked }. Den, der står ovenfor, kan hæve den, eller noget af den må frigives først.
rule-of-service = Tjenesten { $service } ville sætte "{ $value }". { $rule } Ret det, som tjenesten, dens plan eller dens egenskaber siger, og prøv igen.
rule-of-service-person = Tjenesten { $service } ville sætte "{ $value }" for { $person }. { $rule } Ret det, som tjenesten, dens plan eller dens egenskaber siger, eller personen, og prøv igen.
rule-quota-seller = En kvote hos forhandleren for { $quota } giver ikke plads til yderligere { $asked }. Spørg forhandleren.
rule-out_of_range = Dette er ikke muligt her.
rule-out_of_range-between = Skal ligge mellem { $min } og { $max }.
rule-out_of_range-min = Må ikke ligge før eller under { $min }.
rule-out_of_range-max = Må ikke ligge over { $max }.
rule-immutable = Dette kan ikke ændres efter oprettelsen.
rule-immutable-present = Eksporten siger { $value }, her er det { $present }. Det blev ikke ændret; ret eller flyt kunden, hvis det ønskes.
rule-too_few_kinds = Brug mindst { $min } af følgende: store bogstaver, små bogstaver, cifre og andre tegn.
rule-holds_word = Må ikke indeholde »{ $value }«.
rule-holds_word-name = Må ikke indeholde ens eget navn.
rule-cycle = Dette ville gå i ring.
rule-cycle-value = »{ $value }« hører allerede under, så dette ville gå i ring.
rule-duplicate = Dette står her to gange.
rule-duplicate-value = »{ $value }« står her to gange.
rule-duplicate-other = Angiv enten dette eller { $other }, ikke begge dele.

# What an adoption does to a directory.
adoption-marked = { $n ->
    [one] 1 objekt får dette produkts mærke; dets øvrige attributter og dets adgangskode bevares.
   *[other] { $n } objekter får dette produkts mærke; deres øvrige attributter og adgangskoder bevares.
}
adoption-closed = { $n ->
    [one] 1 container kan kun læses af kundens egne personer.
   *[other] { $n } containere kan kun læses af kundens egne personer.
}
adoption-groups = { $n ->
    [one] 1 gruppe oprettes, og personer sættes ind i den.
   *[other] { $n } grupper oprettes, og personer sættes ind i dem.
}
adoption-linked-directory = { $n ->
    [one] 1 person eller gruppe får det fundne, som det er, og portalen overtager det, det viser.
   *[other] { $n } personer og grupper får det fundne, som det er, og portalen overtager det, det viser.
}
adoption-linked-portal = { $n ->
    [one] 1 person eller gruppe får det fundne, som ændres til det, portalen kender.
   *[other] { $n } personer og grupper får det fundne, som ændres til det, portalen kender.
}

# Why an object is not taken over, and what to do about it.
adopt-already_ours = Det er allerede vores.
adopt-already_ours-cure = Der skal ikke gøres noget.
adopt-foreign_marker = Det bærer et mærke fra noget, som dette produkt ikke kender.
adopt-foreign_marker-cure = Ryd attributten med mærket, hvis ingen anden installation bruger den, og kortlæg derefter igen.
adopt-protected = Det står på listen over det, der aldrig røres.
adopt-protected-cure = Tag det af listen i katalogets indstillinger, hvis det er rigtigt, og kortlæg derefter igen.
adopt-container = Den container, det ligger i, overtages ikke.
adopt-container-cure = Ret det, som containerens egen konflikt nævner, og kortlæg derefter igen.
adopt-value-missing = Objektet mangler dette: { $field }.
adopt-value-missing-cure = Angiv det manglende i kataloget, og kortlæg derefter igen.
adopt-value = Dette kan ikke beholdes: { $field }.
adopt-value-cure = Ret værdien i kataloget, og kortlæg derefter igen.
adopt-name_taken = En anden har dette eller havde det for nylig: { $field } »{ $value }«.
adopt-name_taken-cure = Angiv noget andet i kataloget, og kortlæg derefter igen.
adopt-duplicate = Dette forekommer to gange i det, der overtages, eller bruges af dette produkt: { $field } »{ $value }«.
adopt-duplicate-cure = Omdøb det ene af dem i kataloget, og kortlæg derefter igen.
adopt-suffix_taken = En anden kunde har domænet »{ $value }«.
adopt-suffix_taken-cure = Giv personen et brugerprincipalnavn i et af denne kundes domæner, og kortlæg derefter igen.
adopt-suffix_left_out = Domænet »{ $value }« er ikke blandt dem, kunden får.
adopt-suffix_left_out-cure = Føj domænet til kundens domæner, og få overtagelsen vist på forhånd igen, eller lad personen være.
adopt-several_candidates = Det og det, som det ville høre til, passer ikke sammen én til én.
adopt-several_candidates-cure = Ret et af dem, eller vælg andre regler, og få derefter kataloget gennemgået og overtagelsen vist på forhånd igen.
adopt-linked_elsewhere = Efter de valgte regler ville det høre til »{ $value }«, som har en anden konto.
adopt-linked_elsewhere-cure = Vælg regler, der ikke bringer de to sammen, eller ret værdien, og få derefter overtagelsen vist på forhånd igen.
adopt-other_customer = Det tilkommer ikke denne kunde.
adopt-other_customer-cure = Lad det være, eller spørg den, der driver kataloget.
adopt-computer = Det er en computers konto.
adopt-computer-cure = Der skal ikke gøres noget.
adopt-service_account = Det er en tjenestes konto.
adopt-service_account-cure = Der skal ikke gøres noget.
adopt-built_in = Biblioteket kan ikke undvære det.
adopt-built_in-cure = Der skal ikke gøres noget.

# Where a rule comes with nothing to say about it.
rule-unspecific = Dette kan ikke accepteres.
rule-too_long-other = Dette er for langt.
rule-too_short-other = Dette er for kort.

# What a field takes, by the words of the code.
expected-an-instant-with-its-offset = et tidspunkt med forskel fra UTC, f.eks. { $example }
expected-an-instant = et tidspunkt, f.eks. { $example }
expected-a-day = en dag, f.eks. { $example }
expected-two-letters = to bogstaver, f.eks. { $example }
expected-an-address = en adresse, f.eks. { $example }
expected-name-domain = navn@domæne, f.eks. { $example }
expected-a-time-zone = en tidszone, f.eks. { $example }
expected-a-language = et sprog, f.eks. { $example }
expected-a-domain-name = et domænenavn, f.eks. { $example }
expected-a-currency = en valuta, f.eks. { $example }
expected-a-drive = et drev, f.eks. { $example }
expected-a-whole-number = et helt tal
expected-the-id-or-the-principal-name-of-a-person = id eller brugerprincipalnavn på en person
expected-a-letter-first--then-letters--digits-and-inner-hyphens = først et bogstav, derefter bogstaver, cifre og bindestreger indeni
expected-a-provider-or-reseller = en udbyder eller forhandler
expected-a-person-or-a-customer = en person eller en kunde

# Versions of plans.
conflict-older_version-title = Nogen har en nyere version af planen
conflict-older_version-detail = Abonnementer ændres kun til nyere versioner. Intet blev ændret: vælg en nyere version, angiv med from, hvem det gælder, eller fortryd den anmodning, der bragte den nyere.

# Fields and settings.
rule-taken-by = »{ $value }« er allerede optaget af { $by }.
rule-administrators_only = Det ændrer kun en administrator.
rule-own_account = Det er din egen konto: en anden må gøre det.
rule-not_asked = Sprunget over: roller gives og fratages kun, hvor der blev bedt om det ({ $value }).
rule-not_held = { $value }: det kan du hverken give eller tage, for det tillader mere, end du selv må.
conflict-currency_billed-title = Noget er bestilt i den nuværende valuta
conflict-currency_billed-detail = Det, en kunde har bestilt, faktureres i den valuta, der gjaldt dengang, og priser er i én valuta. Intet blev ændret: bestil en ny kunde i den anden valuta, eller fakturér og luk denne først.
expected-utf-8--utf-16-or-windows-1252 = UTF-8, UTF-16 eller Windows-1252
expected-a-csv-file = en CSV-fil
expected-a-closing-quote-for-every-quote = et afsluttende anførselstegn til hvert anførselstegn
expected-a-code-of-the-file-of-customers = en kode fra filen med kunder
expected-a-code-with-which-the-names-of-the-customer-s-groups-are-free = en kode, hvormed navnene på kundens grupper er ledige
expected-a-customer-in-the-directory-of-the-survey = en kunde i det katalog, der blev gennemgået
expected-a-domain-for-the-customer-s-people = et domæne til kundens personer
expected-a-file-in-base64 = en fil i base64
expected-a-number = et tal, f.eks. { $example }
expected-a-row-of-headings = en række med overskrifter
expected-either-url-or-command = enten url eller command
expected-every---closed-by-a-- = hvert { "{" } lukket af et { "}" }
expected-key-value = nøgle=værdi, f.eks. { $example }
expected-nothing-about-a-new-customer-beside-one-that-exists = intet om en ny kunde ved siden af en, der findes
expected-yes-or-no = ja eller nej
expected--code--in-the-name-of-a-group = { "{" }code{ "}" } i en gruppes navn
expected-one-instance--the-names-of-its-groups-do-not-hold--instance- = én instans: navnene på dens grupper indeholder ikke { "{" }instance{ "}" }
expected-a-container-that-lies-in-none-of-ours--or-in-that-of-the-seller = en container, der ikke ligger i en af vores, eller som ligger i sælgerens
expected-a-container-that-lies-in-none-of-ours--in-that-of-the-seller--or-in-that-of-the-customer = en container, der ikke ligger i en af vores, eller som ligger i sælgerens eller kundens
expected-the--next--of-an-earlier-page-of-this-list = vejen fra en tidligere side af denne liste, som den var
expected-nothing--unless-the-hook-is-called-before-a-change = intet, medmindre hooket kaldes før en ændring
expected-a-small-letter-first--then-small-letters--digits-and-- = først et lille bogstav, derefter små bogstaver, cifre og _
expected-a-value-of-the-form = en værdi af formen { $example }
expected-a-number-with-at-most-15-digits-before-and-6-after-the-point = et tal med højst 15 cifre før og 6 efter kommaet
expected-a-regular-expression = et regulært udtryk, f.eks. { $example }
expected-https---host-path = https://vært/sti
expected-https---host-path-without-a-user--a-blank-or-a-fragment = https://vært/sti uden bruger, mellemrum eller fragment
expected-an-address-that-is-not-this-machine-s-or-its-link-s--hooks-allow-addresses-lists-exceptions = en adresse, som hverken er denne maskines eller dens nærmeste nets; undtagelser står i hooks.allow_addresses
expected-https-----plain-http-only-where-the-configuration-of-the-server-allows-it = https://; almindelig http kun, hvor serverens konfiguration tillader det
expected-days-and-full-hours = dage og hele timer, f.eks. { $example }
expected-a-principal-name--user-name--mail-address-or-employee-id = et brugerprincipalnavn, brugernavn, en mailadresse eller et medarbejdernummer
expected-columns-of-the-headings = { $example } kolonner som i overskrifterne
expected-at-least-one-of--given----surname----g----s- = mindst én af { "{" }given{ "}" }, { "{" }surname{ "}" }, { "{" }g{ "}" }, { "{" }s{ "}" }
expected-a-first-line-for-the-subject--and-a-text-below-it = en første linje til emnet og en tekst nedenunder
expected-a-subject-without--link- = et emne uden { "{" }link{ "}" }
expected-a-text-with--link- = en tekst med { "{" }link{ "}" }
expected-addresses = adresser, f.eks. { $example }
expected-1-to-40-lower-case-letters--digits-and-underscores--a-letter-first = 1 til 40 små bogstaver, cifre og understreger, først et bogstav
expected-1-to-40-lower-case-letters--digits-and-hyphens--a-letter-first = 1 til 40 små bogstaver, cifre og bindestreger, først et bogstav
expected-true-or-false = true eller false

# Files of people.
rule-mangled = Et regneark har ændret det, der blev skrevet her. Formatér kolonnen som tekst, skriv værdien igen, og importér filen igen.
rule-mangled-number = Et regneark har opfattet dette som et tal, så nuller i begyndelsen kan være gået tabt. Se efter, og formatér kolonnen som tekst, hvis de er.
rule-mangled-date = Et regneark har lavet en dato af det, der blev skrevet her. Formatér kolonnen som tekst, skriv værdien igen, og importér filen igen.
rule-mangled-exponent = Et regneark har lavet et afrundet tal af dette, så cifre er gået tabt. Formatér kolonnen som tekst, skriv værdien igen, og importér filen igen.
rule-mangled-error = Her står en formels fejl og ingen værdi. Ret formlen, eller erstat den med værdien.
expected-a-column-with-a-principal-name--log-on-name--external-id-or-employee-id = en kolonne med brugerprincipalnavn, logonnavn, eksternt id eller medarbejdernummer
expected-both-columns-of-a-login--that-before-the---and-the-domain = begge kolonner med et login: delen før @ og domænet
