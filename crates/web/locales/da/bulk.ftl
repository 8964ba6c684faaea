# Mange personer på én gang: filer, handlinger på lister og vejen tilbage.

bulk-list = Masseændringer
bulk-list-hint = Filer, der er importeret, hvad der er gjort med mange personer på én gang, og hvad der er fortrudt. De huskes i 90 dage.
bulk-list-none = Der er ikke foretaget masseændringer endnu. Importér en fil, eller vælg personer på listen og sig, hvad der skal gøres med dem.
bulk-import = Importér
bulk-import-hint = Personer hos { $customer } fra et regneark eller et andet system. Først ser du, hvad der ville ske; intet sker, før du starter det.
bulk-file-most = CSV, XLSX, XLS eller ODS med én række overskrifter, højst { $mb } MB og { $rows } personer. Adgangskoder i filen bliver hverken læst eller gemt.
bulk-recognise = Genkend kolonnerne
bulk-look = Vis, hvad der ville ske
bulk-look-hint = Intet ændres ved det.
bulk-option-create = Opret nye personer
bulk-option-create-hint = Den, der står i filen og ikke findes her, får en konto.
bulk-option-update = Ret personer, der findes her
bulk-option-update-hint = De får det, filen siger om dem.
bulk-option-send_links = Send nye personer deres link med mail
bulk-option-send_links-hint = Med det vælger de en adgangskode. Ellers henter du linkene bagefter.
bulk-option-make_groups = Opret grupper, der ikke findes
bulk-option-make_groups-hint = En gruppe, som filen nævner, og som ingen har oprettet, bliver oprettet. Ellers er sådanne rækker fejl.
bulk-option-give_roles = Giv de roller, filen nævner
bulk-option-give_roles-hint = Roller gives, som filen siger, og i en liste, der er eksporteret her, også frataget. Ellers bliver de, som de er, og rækkerne siger det.
bulk-option-disable = Det er en liste over fratrådte
bulk-option-disable-hint = Den, der står i filen, kan ikke logge på længere; intet andet i filen læses.
bulk-missing-keep = De bliver, som de er
bulk-missing-disable = De kan ikke logge på længere
bulk-missing-remove = De fjernes og kan gendannes i en periode
bulk-in-row = Række { $row }: { $text }
bulk-in-column = { $column }: { $text }
field-file = Fil
field-options = Hvad der må ske
field-missing = Personer, der ikke står i filen
field-mapping = Hvordan kolonnerne læses
field-dates = Dage som 03-04-2026
field-separators = Hvad der adskiller lister
field-keep_as = Gem dette til senere filer under navnet
field-columns = Kolonner
field-deed = Hvad der skal gøres

# Hvad kolonner betyder.
bulk-columns = Hvad kolonnerne betyder
bulk-columns-hint = Ikke alt i filen er sikkert. Sig, hvad kolonnerne betyder, så ser du, hvad der ville ske.
bulk-columns-again = Ret, hvad kolonnerne betyder, eller hvad der må ske; så ser du på ny, hvad der ville ske.
bulk-heading = Kolonne
bulk-example = Eksempel
bulk-meaning = Betydning
bulk-meaning-of = Betydning af { $column }
bulk-unsure = Ikke sikkert
bulk-how = Hvordan filen læses
bulk-whole = Filen siger alt: det, der er tomt, tømmes, og lister gælder nøjagtigt
bulk-dates-usual = Som det er sædvane for denne slags fil
bulk-dates-day_first = Dagen først
bulk-dates-month_first = Måneden først
bulk-column-twice = { $other } betyder det samme. Vælg det for én af dem.
bulk-column-user_name = Login eller logonnavn
bulk-column-mail_nickname = Den del af login, der står før @
bulk-column-mail_domain = Domænet i login
bulk-column-password = Adgangskode
bulk-column-enabled = Må logge på
bulk-column-disabled = Må ikke logge på
bulk-column-control_flags = Må logge på, som bits (userAccountControl)
bulk-column-must_change_password = Skal skifte adgangskode
bulk-column-country = Land
bulk-column-groups = Grupper
bulk-column-bundles = Pakker
bulk-column-bundle = Pakke
bulk-column-roles = Roller
bulk-column-services = Tjenester, elementer, programmer, skriveborde
bulk-column-place = Placering i kataloget (læses ikke)
bulk-column-ignored = Læs ikke
bulk-column-link = Link med mail

# Hvad der blev fundet ud af om en fil.
bulk-file = Filen
bulk-file-format = Format
bulk-file-sheet = Ark
bulk-file-encoding = Tegnsæt
bulk-file-separator = Mellem celler
bulk-file-tab = Tabulator
bulk-file-rows = Rækker
bulk-file-skipped = Rækker om ingen
bulk-file-profile = Kommer fra
bulk-profile-own = Denne portal
bulk-profile-cpsm = Atria eller CPSM
bulk-profile-microsoft365 = Microsoft 365
bulk-profile-entra = Entra ID
bulk-profile-ad_manager = ADManager Plus eller et katalog
bulk-profile-lam = LDAP Account Manager
bulk-profile-fusion_directory = En fil uden overskrifter
bulk-profile-ucs = UCS@school
bulk-profile-cipp = CIPP
bulk-profile-other = Et regneark
bulk-note-no_headings = Filen har ingen overskrifter, så nogen må sige, hvad kolonnerne betyder.
bulk-note-by_position = Overskrifterne er på et andet sprog; kolonnerne blev taget efter deres rækkefølge.
bulk-note-version_line = Linjen med skabelonens version springes over.
bulk-note-example_row = Rækken med eksemplet springes over.
bulk-note-comment = Linjer, der begynder med #, springes over.
bulk-note-password_unread = Adgangskoder læses ikke. Personer vælger deres egen med et link.
bulk-note-place_unread = Hvor konti ligger i kataloget, bestemmes her og læses ikke.
bulk-note-unsure = Hvad dette betyder, er ikke sikkert; det læses ikke, før nogen siger det.
bulk-note-unknown_column = Ingen ved, hvad dette betyder; det læses ikke.
bulk-note-unknown_field = Der findes intet eget felt med denne nøgle her; det læses ikke.
bulk-note-no_names = Ingen kolonne har navne, så kun personer, der findes her, kan rettes.
bulk-note-blank_empties = Det, der er tomt i denne fil, tømmes.
bulk-passwords-sealed = { $n ->
    [one] Adgangskoden til 1 ny person er forseglet som kontoens første, i { $hours } timer, og vises ikke for nogen. Den skal ændres ved første logon, medmindre filen siger andet, og den åbner ingen portal: dertil er linket.
   *[other] Adgangskoderne til { $n } nye personer er forseglet som kontiens første, i { $hours } timer, og vises ikke for nogen. De skal ændres ved første logon, medmindre filen siger andet, og de åbner ingen portal: dertil er linkene.
}
bulk-passwords-known = { $n ->
    [one] 1 række har en adgangskode. Den gemmes ikke, fordi rækken ikke opretter en ny person.
   *[other] { $n } rækker har en adgangskode. De gemmes ikke, fordi rækkerne ikke opretter nye personer.
}
bulk-passwords = { $n ->
    [one] 1 række har en adgangskode. Den bliver hverken læst eller gemt; det kan tillades i indstillingerne.
   *[other] { $n } rækker har en adgangskode. De bliver hverken læst eller gemt; det kan tillades i indstillingerne.
}

# Hvad der bliver af rækker.
bulk-act-unread = Ikke set på
bulk-act-create = Ny
bulk-act-update = Ændres
bulk-act-remove = Fjernes
bulk-act-restore = Gendannes
bulk-act-move = Flyttes
bulk-act-nothing = Som den er
bulk-act-left = Springes over
bulk-act-conflict = Modsigelse
bulk-act-error = Forkert
bulk-did-create = Oprettet
bulk-did-update = Ændret
bulk-did-remove = Fjernet
bulk-did-restore = Gendannet
bulk-did-move = Flyttet
bulk-row-planned = Mangler endnu
bulk-row-done = Udført
bulk-row-failed = Mislykket
bulk-row-left = Ikke udført
bulk-row-line = Række { $n }
bulk-row-number = Række
bulk-row-act = Hvad der sker med den
bulk-row-person = Personens id
bulk-row-wrong = Hvad der er forkert
bulk-row-duplicate = Række { $row } siger det samme. To personer kan ikke have det, og ingen står to gange i en fil: ret en af rækkerne.
bulk-row-several = { $people } personer her har det. Ret det hos alle undtagen én, eller vælg en anden kolonne, som personer kendes på.
bulk-row-cycle = Disse personer er ledere for hinanden i ring; den næste står i række { $row }. Ret en af lederne.
bulk-rows = Række for række
bulk-which = Hvilke rækker
bulk-mend = Ret
bulk-mend-cell = { $column } i række { $row }
done-bulk-mended = Rettet. Det vises på ny, hvad der ville ske.

# Før det startes.
bulk-state-mapping = Kolonner mangler
bulk-state-previewed = Forhåndsvisning
bulk-state-running = I gang
bulk-state-paused = Venter
bulk-state-done = Udført
bulk-state-cancelled = Annulleret
bulk-kind-import = Fil
bulk-kind-act = Handling på en liste
bulk-kind-undo = Fortrydelse
bulk-undo-of = Fortryd: { $name }
bulk-given = Får den
bulk-taken = Mister den
bulk-price-more = Til de nuværende priser er det { $price } mere om måneden.
bulk-price-less = Til de nuværende priser er det { $price } mindre om måneden.
bulk-price-same = Månedsprisen er den samme.
bulk-groups-made = { $more ->
        [0] Nye grupper ({ $count }): { $names }.
       *[other] Nye grupper ({ $count }): { $names } og { $more } flere.
    }
bulk-unpriced = Nogle af disse planer har ingen pris her.
bulk-roles = Rolle { $role }: { $given } får den, { $taken } mister den.
bulk-time = Kataloget bruger omkring { $time } på det.
bulk-quota-over = { $what }: { $used } af { $most } er brugt, og der bedes om { $change } mere: { $over } for mange. Det ville vente der, til kvoten er hævet.
bulk-wrong = { $n ->
    [one] 1 række bliver ikke udført; nedenfor står hvorfor.
   *[other] { $n } rækker bliver ikke udført; nedenfor står ved hver hvorfor.
}
bulk-wrong-file = Gem disse rækker som fil
bulk-wrong-name = skal-rettes
bulk-nothing = Intet ville ændre sig: alt er, som det siger, eller kan ikke udføres.
bulk-run = { $n ->
    [one] Start: 1 person
   *[other] Start: { $n } personer
}
bulk-names-asked = Kataloget bliver spurgt, om det allerede har disse navne. Du kan starte imens: hvad det har, oplyses, når rækken udføres.
bulk-names-answered = Kataloget blev spurgt om alle navne: { $when }.
bulk-names-late = Kataloget har endnu ikke svaret om alle navne. De er sammenlignet med det, der vides om det; om det har et af dem, oplyses, når rækken udføres.
bulk-names-look = Forhåndsvisningen er ændret. Vis den, som den er nu
bulk-run-hint = Det udføres, som det vises her, del for del. Du kan lade det vente, annullere det og fortryde det bagefter.
bulk-remap = Kolonner og valg
bulk-discard = Kassér
bulk-stale = Det er vist på ny i mellemtiden, så intet er startet. Se på det igen: sådan er det nu.
bulk-not-undoable = Der er intet i det, der kan fortrydes, eller det er allerede fortrudt.
done-bulk-run = Det er startet.
done-bulk-pause = Det venter. Det, der er gjort, er gjort.
done-bulk-resume = Det fortsætter, i dit navn.
done-bulk-cancel = Annulleret. Det, der er gjort, bliver.

# Mens det er i gang.
bulk-progress = { $done } af { $total } udført
bulk-progress-failed = { $done } af { $total } udført, { $failed } mislykket
bulk-pace = { $rate }, { $time } tilbage
bulk-pause = Lad det vente
bulk-pause-hint = Når det venter, bliver det, hvor det er, og enhver, der må, kan fortsætte det.
bulk-resume = Fortsæt
bulk-resume-hint = Det fortsætter, hvor det er, i dit navn.
bulk-cancel = Annuller resten
bulk-cancel-hint = Annulleres det, bliver det, der er gjort, og resten bliver aldrig gjort.
bulk-why-orphan = Den, der startede det, må ikke længere eller findes ikke mere. En, der må, skal fortsætte det.
bulk-why-somebody = Nogen har ladet det vente.
bulk-see-result = Se, hvad der blev af det

# Bagefter.
bulk-result = Hvad der blev gjort
bulk-did-nothing = Intet blev gjort.
bulk-failed = { $n ->
    [one] 1 række kunne ikke udføres; nedenfor står hvorfor.
   *[other] { $n } rækker kunne ikke udføres; nedenfor står hvorfor.
}
bulk-made = { $n ->
    [one] 1 person blev oprettet.
   *[other] { $n } personer blev oprettet.
}
bulk-changed = { $n ->
    [one] 1 person blev ændret.
   *[other] { $n } personer blev ændret.
}
bulk-removed = { $n ->
    [one] 1 person blev fjernet og kan gendannes i en periode.
   *[other] { $n } personer blev fjernet og kan gendannes i en periode.
}
bulk-restored = { $n ->
    [one] 1 person, der var fjernet, er her igen.
   *[other] { $n } personer, der var fjernet, er her igen.
}
bulk-moved = { $n ->
    [one] 1 person er flyttet til en anden kunde.
   *[other] { $n } personer er flyttet til en anden kunde.
}
bulk-request = Hvor langt kataloget er
bulk-link = Link
bulk-links = Hent nye personers links
bulk-links-hint = En fil med et link til hver, der endnu ikke har valgt en adgangskode. De kan hentes én gang: pas godt på filen, og giv hvert link kun til den, det er til.
bulk-links-fetched = Nye personers links blev hentet { $when }.
bulk-undo = Fortryd …
bulk-undo-hint = De, der blev oprettet, fjernes; det, der blev ændret, går tilbage, medmindre nogen har ændret det siden; de, der blev fjernet, er her igen, og de, der blev flyttet, kommer tilbage. Først ser du, hvad det betyder.
bulk-undoes = Hvad dette fortryder
bulk-undone-by = Dette er fortrudt.

# Noget, der gøres med mange personer på en liste.
bulk-many = Gør noget med mange personer …
bulk-deed-enable = Tillad at logge på
bulk-deed-disable = Tillad ikke at logge på
bulk-deed-give_plan = Tildel en plan
bulk-deed-take_plan = Fratag en plan
bulk-deed-give_bundle = Tildel en pakke
bulk-deed-take_bundle = Fratag en pakke
bulk-deed-enter = Sæt i en gruppe
bulk-deed-leave = Tag ud af en gruppe
bulk-deed-suffix = Skift domænet i login
bulk-deed-set = Sæt en værdi
bulk-deed-send_link = Send et link med mail
bulk-deed-move = Flyt til en anden kunde
bulk-deed-remove = Fjern
bulk-deed-with = { $deed }: { $what }
bulk-field = Felt
bulk-value = Værdi
bulk-value-empty = tom for at tømme det
bulk-look-chosen = For de valgte …
bulk-look-all = For alle, der passer, på alle sider …
bulk-nobody = Ingen er valgt. Vælg personer på listen, eller tag alle, der passer.
list-export-xlsx = Gem som fil (XLSX)
people-export-edit = Til at rette og importere igen (CSV)
people-export-edit-xlsx = Til at rette og importere igen (XLSX)

# The same for people of several customers.
bulk-column-customer = Kunde
series-title = Personer hos alle kunder …
series-below = Noget gøres for personer hos alle kunder under { $name }: for hver kunde ser du først, hvad det betyder.
series-whom = For hvem
series-look = Se, hvad det betyder …
series-nobody = Det passer ikke på nogen der.
series-part = En del af noget, der blev bedt om for flere kunder
series-customers = Kunder
series-people = Personer
series-wrong = Ikke muligt
series-price = Pr. måned
series-each = Kunde for kunde
field-q = Navn eller login begynder med
field-standing = Må logge på
bulk-mappings-kept = Gemte læsninger
bulk-mappings-kept-hint = Hvordan kolonnerne i en fil læses, gemt under et navn af denne kunde. Det, der blev importeret med den, bliver.
bulk-mapping-forget = Glem
bulk-mapping-forget-of = Glem { $name }
done-mapping-forgotten = Glemt.

# How far the directory is with what was done.
bulk-state-recorded = Kataloget følger efter
bulk-state-problems = Udført, med problemer
bulk-row-directory = I kataloget
bulk-directory = Udført og læst tilbage i kataloget: { $done } af { $total } trin.
bulk-directory-done = { $done ->
    [one] Kataloget har det: ét trin er udført og læst tilbage.
   *[other] Kataloget har det: { $done } trin er udført og læst tilbage.
}
bulk-directory-failed = { $failed ->
    [one] Udført og læst tilbage i kataloget: { $done } af { $total } trin; ét kræver, at nogen ser på det.
   *[other] Udført og læst tilbage i kataloget: { $done } af { $total } trin; { $failed } kræver, at nogen ser på dem.
}
bulk-key-usual = Det bedste, filen har
field-known_by = Personer genkendes på
