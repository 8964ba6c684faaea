# What can stand between what is wanted and what is true in a directory: a title, what
# happened, what to do. The ids are the codes of `domain::problem`.

# Quoted value with the blank before it, where there is one.
quoted = {" "}»{ $value }«
at-place = { $text } (ved { $dn })

problem-unreachable-title = Kataloget svarer ikke
problem-unreachable-what = Kataloget kan ikke nås i øjeblikket; arbejdet venter.
problem-unreachable-cure = Der skal ikke gøres noget: arbejdet fortsætter af sig selv, så snart kataloget svarer. Hvis det bliver ved, undersøger udbyderen, om domænecontrollerne kører og kan nås over netværket.

problem-certificate_expired-title = Katalogets certifikat er udløbet
problem-certificate_expired-what = Domænecontrollerens certifikat er ikke længere gyldigt, så der sendes intet til den; arbejdet venter.
problem-certificate_expired-cure = Udbyderen lægger et nyt certifikat på domænecontrolleren. Arbejdet fortsætter af sig selv inden for et minut.

problem-certificate_not_yet_valid-title = Katalogets certifikat er ikke gyldigt endnu
problem-certificate_not_yet_valid-what = Domænecontrollerens certifikat bliver ifølge vores ur først gyldigt senere; arbejdet venter.
problem-certificate_not_yet_valid-cure = Udbyderen sammenligner urene på domænecontrolleren og på dette produkts maskine og stiller det, der går forkert. Arbejdet fortsætter af sig selv.

problem-certificate_not_trusted-title = Der er ikke tillid til katalogets certifikat
problem-certificate_not_trusted-what = Domænecontrollerens certifikat er ikke underskrevet af en certifikatmyndighed i vores fil, eller det er beskadiget eller tilbagekaldt, så der sendes intet til den; arbejdet venter.
problem-certificate_not_trusted-cure = Udbyderen sikrer sig, at det er den rigtige domænecontroller, og lægger derefter den certifikatmyndighed, der har underskrevet certifikatet, i filen, som ca_file angiver. Arbejdet fortsætter af sig selv inden for et minut.

problem-certificate_name-title = Katalogets certifikat bærer et andet navn
problem-certificate_name-what = Domænecontrollerens certifikat er ikke udstedt til det navn, den kontaktes under, så der sendes intet til den; arbejdet venter.
problem-certificate_name-cure = Udbyderen lægger et certifikat med navnet i urls på domænecontrolleren, og arbejdet fortsætter af sig selv; eller udbyderen skriver certifikatets navn i urls og genstarter produktet.

problem-credentials_refused-title = Kataloget lukker ikke vores konto ind
problem-credentials_refused-what = Den konto, som dette produkt arbejder med, må ikke logge på kataloget: { $cause }. Arbejdet venter.
problem-credentials_refused-cure = Udbyderen bringer kontoen i orden i kataloget og skriver en ændret adgangskode i filen, som bind_password_file angiver. Arbejdet fortsætter af sig selv inden for et minut; efter en forkert adgangskode prøves den samme igen efter ti minutter.

problem-sign_in_method-title = Kataloget kræver en anden logonmetode
problem-sign_in_method-what = Kataloget accepterer ikke logon med navn og adgangskode over TLS, som dette produkt bruger; arbejdet venter.
problem-sign_in_method-cure = Udbyderen tillader simple binds over LDAPS for kontoen, da en politik eller en gateway forbyder dem. Arbejdet fortsætter af sig selv.

problem-folder_missing-title = Vores mappe mangler i kataloget
problem-folder_missing-what = Den mappe, som dette produkt har fået, findes ikke, eller produktets konto må ikke se den; arbejdet venter.
problem-folder_missing-cure = Udbyderen gendanner mappen, giver den sit gamle navn igen eller kører delegeringen igen; derefter fortsætter arbejdet af sig selv.

problem-disk_full-title = Kataloget kan ikke gemme noget
problem-disk_full-what = Domænecontrolleren kan ikke skrive til sin disk, oftest fordi den er fuld; arbejdet venter, og intet blev gjort halvt.
problem-disk_full-cure = Udbyderen skaffer plads på domænecontrollerens disk. Arbejdet fortsætter af sig selv inden for et minut eller to.

problem-maintenance-title = Kataloget er under vedligeholdelse
problem-maintenance-what = Udbyderen arbejder på kataloget; der sendes intet til det, og arbejdet venter.
problem-maintenance-cure = Der skal ikke gøres noget: arbejdet fortsætter af sig selv, når vedligeholdelsen er slut.

problem-read_only-title = Kataloget er skrivebeskyttet
problem-read_only-what = Udbyderen tillader i øjeblikket ingen ændringer i kataloget; det, der afviger, venter.
problem-read_only-cure = Der skal ikke gøres noget: arbejdet fortsætter af sig selv, når der igen må ændres i kataloget.

problem-clock_skew-title = Et ur afviger
problem-clock_skew-what = Uret på en domænecontroller afviger fra vores. Intet holdes tilbage.
problem-clock_skew-cure = Udbyderen synkroniserer urene på domænecontrollerne og på dette produkts maskine. Fra fem minutters afvigelse kan ingen logge på med Kerberos.

problem-replicating-title = Katalogets domænecontrollere er ikke enige endnu
problem-replicating-what = En anden af katalogets domænecontrollere har fået besked om ændringen, og den, der er i brug, kender den ikke endnu.
problem-replicating-cure = Der skal ikke gøres noget: der ses efter igen af sig selv. Hvis det bliver ved, undersøger udbyderen replikeringen mellem domænecontrollerne.

problem-waiting-title = Noget andet kommer først
problem-waiting-what = Et andet objekt skal findes først og gør det ikke endnu.
problem-waiting-cure = Der skal ikke gøres noget: der prøves igen af sig selv. Hvis det bliver ved, så led efter et mislykket objekt hos samme kunde.

problem-busy-title = Kataloget er optaget
problem-busy-what = Kataloget meldte en forbigående fejl.
problem-busy-cure = Der skal ikke gøres noget: der prøves igen af sig selv. Hvis det til sidst mislykkedes, undersøger udbyderen domænecontrollerens belastning og kører derefter anmodningen igen.

problem-changed_meanwhile-title = Det blev ændret i samme øjeblik
problem-changed_meanwhile-what = Nogen ændrede eller fjernede objektet i kataloget, mens der blev arbejdet på det.
problem-changed_meanwhile-cure = Der skal ikke gøres noget: der ses efter og prøves igen af sig selv. Hvis det til sidst mislykkedes, så find ud af, hvem der ellers ændrer objektet, og kør derefter anmodningen igen.

problem-name_taken-title = Navnet er optaget
problem-name_taken-what = Et andet objekt i kataloget, som ikke er vores, bruger allerede dette: { $attribute }{ $value }.
problem-name_taken-cure = Angiv et andet navn, og kør derefter anmodningen igen.

problem-invalid_value-title = Kataloget accepterer ikke en værdi
problem-invalid_value-what = Kataloget accepterer ikke dette: { $attribute }{ $value }.
problem-invalid_value-cure = Ret værdien, og kør derefter anmodningen igen.

problem-password_policy-title = Adgangskoden er for svag til kataloget
problem-password_policy-what = Katalogets regler for adgangskoder accepterer ikke den valgte adgangskode.
problem-password_policy-cure = Vælg en anden adgangskode: længere, med store bogstaver, cifre og specialtegn, uden dit navn og ikke en, du har brugt før. Nogle kataloger tillader kun én ændring om dagen.

problem-first_password = Kontoens første adgangskode er gået tabt med det: personen vælger en via linket, og et nyt forsøg opretter kontoen uden den.
problem-secret_expired-title = Adgangskoden ventede for længe
problem-secret_expired-what = Kataloget var utilgængeligt så længe, at den ventende adgangskode for en sikkerheds skyld blev slettet.
problem-secret_expired-cure = Bed om et nyt link, og vælg en adgangskode igen.

problem-insufficient_rights-title = Der mangler en rettighed i kataloget
problem-insufficient_rights-what = Den konto, som dette produkt arbejder med, mangler en rettighed i kataloget, eller objektet er beskyttet mod den.
problem-insufficient_rights-cure = Udbyderen kører kontrollen af kataloget, giver de rettigheder, den nævner, eller fjerner objektets beskyttelse mod sletning og kører derefter anmodningen igen.

problem-outside_folder-title = Objektet ligger uden for vores mappe
problem-outside_folder-what = Objektet ligger ikke i den del af kataloget, som dette produkt har fået.
problem-outside_folder-cure = Udbyderen flytter objektet tilbage og kører derefter anmodningen igen.

problem-protected-title = Objektet er beskyttet
problem-protected-what = Objektet står på listen over det, som dette produkt aldrig rører.
problem-protected-cure = Udbyderen tager det af listen, hvis det er rigtigt, og kører derefter anmodningen igen.

problem-not_empty-title = Containeren er ikke tom
problem-not_empty-what = Containeren indeholder objekter, der ikke er vores og ikke kan fjernes; eller det er en gruppe, der er nogens primære gruppe.
problem-not_empty-cure = Udbyderen flytter disse objekter væk eller giver disse personer en anden primær gruppe og kører derefter anmodningen igen.

problem-not_verified-title = Kataloget viser ikke det, der blev skrevet
problem-not_verified-what = Kataloget accepterede ændringen og viste derefter noget andet her: { $attribute }.
problem-not_verified-cure = Udbyderen finder ud af, hvad der ændrer det tilbage, f.eks. et script eller en replika, og kører derefter anmodningen igen.

problem-member_missing-title = Et medlem findes ikke i kataloget
problem-member_missing-what = En person, der skal være i gruppen, har ingen konto i kataloget, eller kontoen er fjernet der.
problem-member_missing-cure = Udbyderen gendanner kontoen eller tager personen ud af gruppen og kører derefter anmodningen igen.

problem-group_rule-title = Gruppen kan ikke optage dette medlem
problem-group_rule-what = Katalogets regler tillader ikke dette medlem i denne type gruppe: typerne passer ikke sammen, de hører til forskellige domæner, eller en gruppe ville indeholde sig selv.
problem-group_rule-cure = Udbyderen ændrer gruppens type eller tager medlemmet ud og kører derefter anmodningen igen.

problem-size_limit-title = En grænse i kataloget er nået
problem-size_limit-what = Kataloget tillader ikke flere eller ikke noget større: en grænse for værdier, for et objekts størrelse eller for de objekter, en konto må eje ({ $attribute }{ $value }).
problem-size_limit-cure = Udbyderen hæver den grænse eller kvote, som katalogets svar nævner, og kører derefter anmodningen igen.

problem-ids_exhausted-title = Kataloget har ingen numre til nye konti
problem-ids_exhausted-what = Domænecontrolleren har opbrugt sine numre til nye konti og får ingen nye, fordi den domænecontroller, der uddeler dem, ikke svarer. Det blev forsøgt flere gange.
problem-ids_exhausted-cure = Udbyderen får domænecontrolleren med rollen RID-master i drift igen eller flytter rollen og kører derefter anmodningen igen.

problem-schema-title = Katalogets skema passer ikke
problem-schema-what = Kataloget kender ikke dette, kender det ikke for denne type objekt eller kræver noget, der ikke blev angivet: { $attribute }.
problem-schema-cure = Udbyderen udvider skemaet eller vælger en anden attribut i konfigurationen og kører derefter anmodningen igen.

problem-not_supported-title = Kataloget kan ikke gøre dette
problem-not_supported-what = Serveren mangler noget, som dette produkt har brug for; måske er den ikke en Active Directory-domænecontroller, eller den er en gateway foran en.
problem-not_supported-cure = Udbyderen lader urls føre direkte til en domænecontroller i en understøttet version og kører derefter anmodningen igen.

problem-other_server-title = En anden server skal gøre dette
problem-other_server-what = Domænecontrolleren henviser til en anden: den er skrivebeskyttet, eller objektet hører til et andet domæne.
problem-other_server-cure = Udbyderen angiver skrivbare domænecontrollere i det rigtige domæne i urls og kører derefter anmodningen igen.

problem-unwilling-title = Katalogets regler tillader det ikke
problem-unwilling-what = Kataloget tillader ikke denne ændring: { $attribute }{ $value }. Det styrer selv værdien, eller en af dets egne regler forbyder ændringen.
problem-unwilling-cure = Udbyderen læser katalogets eget svar, ophæver den regel eller beskyttelse, det nævner, og kører derefter anmodningen igen.

problem-target_error-title = Kataloget melder en intern fejl
problem-target_error-what = Domænecontrolleren kunne ikke udføre ændringen på grund af en fejl hos den selv. Det blev forsøgt flere gange.
problem-target_error-cure = Udbyderen ser i domænecontrollerens hændelseslog for tidspunktet, retter det, den nævner, og kører derefter anmodningen igen.

problem-other_version-title = Det blev skrevet af en anden version af dette produkt
problem-other_version-what = Det ønskede blev gemt af en nyere version af dette produkt, som den version, der arbejder, ikke kan læse.
problem-other_version-cure = Udbyderen bringer alle produktets processer op på samme version og kører derefter anmodningen igen.

problem-gone-title = Det findes ikke længere
problem-gone-what = Det, der skulle overtages eller undersøges, findes ikke længere i kataloget.
problem-gone-cure = Udbyderen finder ud af, hvor det er blevet af, lægger det tilbage og kører derefter anmodningen igen; eller kortlægger kataloget igen.

problem-refused-title = Kataloget afviste ændringen
problem-refused-what = Kataloget afviste ændringen af en grund, det selv har.
problem-refused-cure = Udbyderen læser katalogets eget svar, ændrer det, som svaret nævner, og kører derefter anmodningen igen.

problem-hook_pending-title = Noget andet skal først sige ja
problem-hook_pending-what = Et hook for tjenesten spørges, før kataloget ændres, og har ikke sagt ja endnu.
problem-hook_pending-cure = Der skal ikke gøres noget: arbejdet fortsætter af sig selv, når hooket siger ja. Hvis hooket selv viser et problem, skal det løses.

problem-hook_refused-title = Et hook for tjenesten sagde nej
problem-hook_refused-what = { $hook } sagde nej med den besked, der er vedhæftet.
problem-hook_refused-cure = Gør det, beskeden beder om, eller spørg den, der driver hooket, og kør derefter anmodningen igen.

problem-hook_unreachable-title = Et hook for tjenesten svarer ikke
problem-hook_unreachable-what = { $hook } blev kontaktet flere gange og gav intet svar.
problem-hook_unreachable-cure = Udbyderen bringer modtageren i orden eller giver hooket en anden adresse og kører derefter anmodningen igen.

problem-hook_failed-title = Et hook for tjenesten mislykkedes
problem-hook_failed-what = { $hook } svarede med en fejl.
problem-hook_failed-cure = Udbyderen undersøger årsagen hos modtageren eller i kommandoen, retter den og kører derefter anmodningen igen.

problem-mail_refused-title = Mailen blev afvist
problem-mail_refused-what = Mailserveren tager ikke imod mail til personens adresse, eller ikke denne; dens egne ord er vedlagt.
problem-mail_refused-cure = Ret personens mailadresse, og send et nyt link.

problem-mail_unreachable-title = Mailen kunne ikke sendes
problem-mail_unreachable-what = Mailserveren kan ikke nås, lukker ikke produktet ind eller tager ikke imod noget lige nu; dens egne ord er vedlagt. Der prøves igen, indtil linket i mailen udløber, højst i tre dage.
problem-mail_unreachable-cure = Udbyderen retter mailserveren eller afsnittet mail i konfigurationen; det, der venter, fortsætter så af sig selv, og det, der blev opgivet, kræver et nyt link.

problem-mail_late-title = Mailen kom for sent
problem-mail_late-what = Linket i mailen blev brugt, erstattet eller for gammelt, før mailen kunne sendes, eller personen findes ikke længere.
problem-mail_late-cure = Send et nyt link, hvis personen stadig har brug for det.

problem-clock_skew-ahead = Uret på { $controller } er { $seconds } sekunder foran i forhold til vores. Intet holdes tilbage.
problem-clock_skew-behind = Uret på { $controller } er { $seconds } sekunder bagud i forhold til vores. Intet holdes tilbage.
problem-hook = Hooket
problem-hook-named = Hooket »{ $name }«

# Why the directory does not let our account in; completes the sentence above.
sign-in-wrong_password = dens adgangskode er forkert: den er ændret i kataloget, eller kontoen findes ikke længere
sign-in-password_expired = dens adgangskode er udløbet
sign-in-must_change = dens adgangskode skal ændres ved næste logon
sign-in-disabled = den er deaktiveret
sign-in-account_expired = den er udløbet
sign-in-locked = den er låst efter for mange forkerte adgangskoder
sign-in-hours = den må ikke logge på på dette tidspunkt af døgnet
sign-in-place = den må ikke logge på fra denne maskine
sign-in-other = dens adgangskode eller dens tilstand tillader det ikke

# What of an object is meant, inside a sentence.
attribute-value = værdi
attribute-logon_name = logonnavn
attribute-principal_name = brugerprincipalnavn
attribute-display_name = vist navn
attribute-given_name = fornavn
attribute-readers = gruppe af læsere
attribute-group_kind = gruppens type

# Whose turn it is.
who-wait = ingen; det fortsætter af sig selv
who-change_value = helpdesk eller kunde, derefter *kør igen*
who-choose_password = den person, hvis adgangskode det er
who-ask_provider = udbyderen, derefter *kør igen*
who-repair = udbyderen; derefter fortsætter det af sig selv
