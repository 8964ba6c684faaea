# Många personer på en gång: filer, åtgärder på listor och vägen tillbaka.

bulk-list = Massändringar
bulk-list-hint = Filer som har importerats, vad som har gjorts med många personer på en gång och vad som har tagits tillbaka. De sparas i 90 dagar.
bulk-list-none = Inga massändringar har gjorts ännu. Importera en fil, eller välj personer i listan och säg vad som ska göras med dem.
bulk-import = Importera
bulk-import-hint = Personer hos { $customer } från ett kalkylark eller ett annat system. Först ser du vad som skulle hända; inget händer innan du startar det.
bulk-file-most = CSV, XLSX, XLS eller ODS med en rad rubriker, högst { $mb } MB och { $rows } personer. Lösenord i filen varken läses eller sparas.
bulk-recognise = Känn igen kolumnerna
bulk-look = Visa vad som skulle hända
bulk-look-hint = Inget ändras av det.
bulk-option-create = Skapa nya personer
bulk-option-create-hint = Den som står i filen och inte finns här får ett konto.
bulk-option-update = Ändra personer som finns här
bulk-option-update-hint = De får det som filen säger om dem.
bulk-option-send_links = Skicka nya personer deras länk med e-post
bulk-option-send_links-hint = Med den väljer de ett lösenord. Annars hämtar du länkarna efteråt.
bulk-option-make_groups = Skapa grupper som inte finns
bulk-option-make_groups-hint = En grupp som filen nämner och ingen har skapat skapas. Annars är sådana rader fel.
bulk-option-give_roles = Ge de roller som filen nämner
bulk-option-give_roles-hint = Roller ges som filen säger, och i en lista som exporterats här tas de också bort. Annars blir de som de är, och raderna säger det.
bulk-option-disable = Det är en lista över personer som har slutat
bulk-option-disable-hint = Den som står i filen kan inte logga på längre; inget annat i filen läses.
bulk-missing-keep = De förblir som de är
bulk-missing-disable = De kan inte logga på längre
bulk-missing-remove = De tas bort och kan återställas under en tid
bulk-in-row = Rad { $row }: { $text }
bulk-in-column = { $column }: { $text }
field-file = Fil
field-options = Vad som får hända
field-missing = Personer som inte står i filen
field-mapping = Hur kolumnerna läses
field-dates = Dagar som 03-04-2026
field-separators = Vad som skiljer listor åt
field-keep_as = Spara detta för senare filer under namnet
field-columns = Kolumner
field-deed = Vad som ska göras

# Vad kolumner betyder.
bulk-columns = Vad kolumnerna betyder
bulk-columns-hint = Allt i filen är inte säkert. Säg vad kolumnerna betyder, så ser du vad som skulle hända.
bulk-columns-again = Ändra vad kolumnerna betyder eller vad som får hända; sedan ser du på nytt vad som skulle hända.
bulk-heading = Kolumn
bulk-example = Exempel
bulk-meaning = Betydelse
bulk-meaning-of = Betydelse av { $column }
bulk-unsure = Inte säkert
bulk-how = Hur filen läses
bulk-whole = Filen säger allt: det som är tomt töms, och listor gäller exakt
bulk-dates-usual = Som brukligt för denna sorts fil
bulk-dates-day_first = Dagen först
bulk-dates-month_first = Månaden först
bulk-column-twice = { $other } betyder samma sak. Välj det för en av dem.
bulk-column-user_name = Användarnamn eller inloggningsnamn
bulk-column-mail_nickname = Den del av användarnamnet som står före @
bulk-column-mail_domain = Domänen i användarnamnet
bulk-column-password = Lösenord
bulk-column-enabled = Får logga på
bulk-column-disabled = Får inte logga på
bulk-column-control_flags = Får logga på, som bitar (userAccountControl)
bulk-column-must_change_password = Måste byta lösenord
bulk-column-country = Land
bulk-column-groups = Grupper
bulk-column-bundles = Paket
bulk-column-bundle = Paket
bulk-column-roles = Roller
bulk-column-services = Tjänster, poster, program, skrivbord
bulk-column-place = Plats i katalogen (läses inte)
bulk-column-ignored = Läs inte
bulk-column-link = Länk med e-post

# Vad som kom fram om en fil.
bulk-file = Filen
bulk-file-format = Format
bulk-file-sheet = Blad
bulk-file-encoding = Tecken
bulk-file-separator = Mellan celler
bulk-file-tab = Tabb
bulk-file-rows = Rader
bulk-file-skipped = Rader om ingen
bulk-file-profile = Kommer från
bulk-profile-own = Den här portalen
bulk-profile-cpsm = Atria eller CPSM
bulk-profile-microsoft365 = Microsoft 365
bulk-profile-entra = Entra ID
bulk-profile-ad_manager = ADManager Plus eller en katalog
bulk-profile-lam = LDAP Account Manager
bulk-profile-fusion_directory = En fil utan rubriker
bulk-profile-ucs = UCS@school
bulk-profile-cipp = CIPP
bulk-profile-other = Ett kalkylark
bulk-note-no_headings = Filen har inga rubriker, så någon måste säga vad kolumnerna betyder.
bulk-note-by_position = Rubrikerna är på ett annat språk; kolumnerna togs efter sin ordning.
bulk-note-version_line = Raden med mallens version hoppas över.
bulk-note-example_row = Raden med exemplet hoppas över.
bulk-note-comment = Rader som börjar med # hoppas över.
bulk-note-password_unread = Lösenord läses inte. Personer väljer sitt eget med en länk.
bulk-note-place_unread = Var konton ligger i katalogen bestäms här och läses inte.
bulk-note-unsure = Vad detta betyder är inte säkert; det läses inte förrän någon säger det.
bulk-note-unknown_column = Ingen vet vad detta betyder; det läses inte.
bulk-note-unknown_field = Det finns inget eget fält med den här nyckeln här; det läses inte.
bulk-note-no_names = Ingen kolumn har namn, så bara personer som finns här kan ändras.
bulk-note-blank_empties = Det som är tomt i den här filen töms.
bulk-passwords-sealed = { $n ->
    [one] Lösenordet för 1 ny person är förseglat som kontots första, i { $hours } timmar, och visas inte för någon. Det måste bytas vid första inloggningen om filen inte säger något annat, och öppnar ingen portal: till det finns länken.
   *[other] Lösenorden för { $n } nya personer är förseglade som kontonas första, i { $hours } timmar, och visas inte för någon. De måste bytas vid första inloggningen om filen inte säger något annat, och öppnar ingen portal: till det finns länkarna.
}
bulk-passwords-known = { $n ->
    [one] 1 rad har ett lösenord. Det sparas inte, eftersom raden inte skapar någon ny person.
   *[other] { $n } rader har ett lösenord. De sparas inte, eftersom raderna inte skapar nya personer.
}
bulk-passwords = { $n ->
    [one] 1 rad har ett lösenord. Det varken läses eller sparas; inställningarna kan tillåta det.
   *[other] { $n } rader har ett lösenord. De varken läses eller sparas; inställningarna kan tillåta det.
}

# Vad som blir av rader.
bulk-act-unread = Inte granskad
bulk-act-create = Ny
bulk-act-update = Ändras
bulk-act-remove = Tas bort
bulk-act-restore = Återställs
bulk-act-move = Flyttas
bulk-act-nothing = Som den är
bulk-act-left = Hoppas över
bulk-act-conflict = Motsägelse
bulk-act-error = Fel
bulk-did-create = Skapad
bulk-did-update = Ändrad
bulk-did-remove = Borttagen
bulk-did-restore = Återställd
bulk-did-move = Flyttad
bulk-row-planned = Återstår
bulk-row-done = Klar
bulk-row-failed = Misslyckad
bulk-row-left = Inte gjord
bulk-row-line = Rad { $n }
bulk-row-number = Rad
bulk-row-act = Vad som blir av den
bulk-row-person = Personens id
bulk-row-wrong = Vad som är fel
bulk-row-duplicate = Rad { $row } säger samma sak. Två personer kan inte ha det, och ingen står två gånger i en fil: rätta en av raderna.
bulk-row-several = { $people } personer här har det. Rätta det hos alla utom en, eller välj en annan kolumn som personer känns igen på.
bulk-row-cycle = De här personerna är chefer för varandra i en ring; nästa står på rad { $row }. Rätta en av cheferna.
bulk-rows = Rad för rad
bulk-which = Vilka rader
bulk-mend = Rätta
bulk-mend-cell = { $column } på rad { $row }
done-bulk-mended = Rättat. Det visas på nytt vad som skulle hända.

# Innan det startas.
bulk-state-mapping = Kolumner återstår
bulk-state-previewed = Förhandsvisning
bulk-state-running = Pågår
bulk-state-paused = Väntar
bulk-state-done = Klar
bulk-state-cancelled = Avbruten
bulk-kind-import = Fil
bulk-kind-act = Åtgärd på en lista
bulk-kind-undo = Tillbakatagande
bulk-undo-of = Ta tillbaka: { $name }
bulk-given = Får den
bulk-taken = Förlorar den
bulk-price-more = Till dagens priser är det { $price } mer i månaden.
bulk-price-less = Till dagens priser är det { $price } mindre i månaden.
bulk-price-same = Månadspriset är detsamma.
bulk-groups-made = { $more ->
        [0] Nya grupper ({ $count }): { $names }.
       *[other] Nya grupper ({ $count }): { $names } och { $more } till.
    }
bulk-unpriced = Några av dessa planer har inget pris här.
bulk-roles = Roll { $role }: { $given } får den, { $taken } förlorar den.
bulk-time = Katalogen behöver omkring { $time } för det.
bulk-quota-over = { $what }: { $used } av { $most } är använda, och { $change } till begärs: { $over } för mycket. Där skulle det vänta tills kvoten höjs.
bulk-wrong = { $n ->
    [one] 1 rad görs inte; nedan står varför.
   *[other] { $n } rader görs inte; nedan står varför vid var och en.
}
bulk-wrong-file = Spara de här raderna som fil
bulk-wrong-name = att-ratta
bulk-nothing = Inget skulle ändras: allt är som det står, eller kan inte göras.
bulk-run = { $n ->
    [one] Starta: 1 person
   *[other] Starta: { $n } personer
}
bulk-names-asked = Katalogen tillfrågas om den redan har dessa namn. Du kan börja under tiden: vad den har meddelas när raden utförs.
bulk-names-answered = Katalogen tillfrågades om alla namn: { $when }.
bulk-names-late = Katalogen har ännu inte svarat om alla namn. De har jämförts med det som är känt om den; om den har något av dem meddelas när raden utförs.
bulk-names-look = Förhandsvisningen har ändrats. Visa den som den är nu
bulk-run-hint = Det görs som det visas här, del för del. Du kan låta det vänta, avbryta det och ta tillbaka det efteråt.
bulk-remap = Kolumner och val
bulk-discard = Kasta
bulk-stale = Det har visats på nytt under tiden, så inget har startats. Titta på det igen: så här är det nu.
bulk-not-undoable = Det finns inget i det som kan tas tillbaka, eller så har det redan tagits tillbaka.
done-bulk-run = Det har startat.
done-bulk-pause = Det väntar. Det som är gjort är gjort.
done-bulk-resume = Det fortsätter, i ditt namn.
done-bulk-cancel = Avbrutet. Det som är gjort står kvar.

# Medan det pågår.
bulk-progress = { $done } av { $total } klara
bulk-progress-failed = { $done } av { $total } klara, { $failed } misslyckade
bulk-pace = { $rate }, { $time } kvar
bulk-pause = Låt det vänta
bulk-pause-hint = När det väntar stannar det där det är, och var och en som får kan fortsätta det.
bulk-resume = Fortsätt
bulk-resume-hint = Det fortsätter där det är, i ditt namn.
bulk-cancel = Avbryt resten
bulk-cancel-hint = Avbryts det står det som är gjort kvar, och resten görs aldrig.
bulk-why-orphan = Den som startade det får inte längre göra det eller finns inte kvar. Någon som får måste fortsätta det.
bulk-why-somebody = Någon låter det vänta.
bulk-see-result = Se vad som blev av det

# Efteråt.
bulk-result = Vad som gjordes
bulk-did-nothing = Inget gjordes.
bulk-failed = { $n ->
    [one] 1 rad kunde inte utföras; nedan står varför.
   *[other] { $n } rader kunde inte utföras; nedan står varför.
}
bulk-made = { $n ->
    [one] 1 person skapades.
   *[other] { $n } personer skapades.
}
bulk-changed = { $n ->
    [one] 1 person ändrades.
   *[other] { $n } personer ändrades.
}
bulk-removed = { $n ->
    [one] 1 person togs bort och kan återställas under en tid.
   *[other] { $n } personer togs bort och kan återställas under en tid.
}
bulk-restored = { $n ->
    [one] 1 person som var borttagen finns igen.
   *[other] { $n } personer som var borttagna finns igen.
}
bulk-moved = { $n ->
    [one] 1 person har flyttats till en annan kund.
   *[other] { $n } personer har flyttats till en annan kund.
}
bulk-request = Hur långt katalogen har kommit
bulk-link = Länk
bulk-links = Hämta nya personers länkar
bulk-links-hint = En fil med en länk för var och en som inte har valt lösenord ännu. De kan hämtas en gång: förvara filen säkert, och ge varje länk bara till den person den är för.
bulk-links-fetched = Nya personers länkar hämtades { $when }.
bulk-undo = Ta tillbaka …
bulk-undo-hint = De som skapades tas bort; det som ändrades går tillbaka, om ingen har ändrat det sedan dess; de som togs bort finns igen, och de som flyttades kommer tillbaka. Först ser du vad det innebär.
bulk-undoes = Vad detta tar tillbaka
bulk-undone-by = Detta har tagits tillbaka.

# Något som görs med många personer i en lista.
bulk-many = Gör något med många personer …
bulk-deed-enable = Tillåt att logga på
bulk-deed-disable = Tillåt inte att logga på
bulk-deed-give_plan = Ge en plan
bulk-deed-take_plan = Ta bort en plan
bulk-deed-give_bundle = Ge ett paket
bulk-deed-take_bundle = Ta bort ett paket
bulk-deed-enter = Sätt i en grupp
bulk-deed-leave = Ta ut ur en grupp
bulk-deed-suffix = Byt domänen i användarnamnen
bulk-deed-set = Sätt ett värde
bulk-deed-send_link = Skicka en länk med e-post
bulk-deed-move = Flytta till en annan kund
bulk-deed-remove = Ta bort
bulk-deed-with = { $deed }: { $what }
bulk-field = Fält
bulk-value = Värde
bulk-value-empty = lämna tomt för att tömma det
bulk-look-chosen = För de valda …
bulk-look-all = För alla som passar, på alla sidor …
bulk-nobody = Ingen är vald. Välj personer i listan, eller ta alla som passar.
list-export-xlsx = Spara som fil (XLSX)
people-export-edit = För att ändra och importera igen (CSV)
people-export-edit-xlsx = För att ändra och importera igen (XLSX)

# The same for people of several customers.
bulk-column-customer = Kund
series-title = Personer hos alla kunder …
series-below = Något görs med personer hos alla kunder under { $name }: för varje kund ser du först vad det innebär.
series-whom = Med vem
series-look = Se vad det innebär …
series-nobody = Ingen där stämmer med det.
series-part = En del av något som begärdes för flera kunder
series-customers = Kunder
series-people = Personer
series-wrong = Inte möjligt
series-price = Per månad
series-each = Kund för kund
field-q = Namn eller inloggning börjar med
field-standing = Får logga in
bulk-mappings-kept = Sparade läsningar
bulk-mappings-kept-hint = Hur kolumnerna i en fil läses, sparade under ett namn av den här kunden. Det som importerats med den finns kvar.
bulk-mapping-forget = Glöm
bulk-mapping-forget-of = Glöm { $name }
done-mapping-forgotten = Glömd.

# How far the directory is with what was done.
bulk-state-recorded = Katalogen följer efter
bulk-state-problems = Klart, med problem
bulk-row-directory = I katalogen
bulk-directory = Klart och avläst i katalogen: { $done } av { $total } steg.
bulk-directory-done = { $done ->
    [one] Katalogen har det: ett steg är klart och avläst.
   *[other] Katalogen har det: { $done } steg är klara och avlästa.
}
bulk-directory-failed = { $failed ->
    [one] Klart och avläst i katalogen: { $done } av { $total } steg; ett behöver åtgärdas.
   *[other] Klart och avläst i katalogen: { $done } av { $total } steg; { $failed } behöver åtgärdas.
}
bulk-key-usual = Det bästa filen har
field-known_by = Personer känns igen på
