# What can stand between what is wanted and what is true in a directory: a title, what
# happened, what to do. The ids are the codes of `domain::problem`.

# Quoted value with the blank before it, where there is one.
quoted = {" "}”{ $value }”
at-place = { $text } (plats: { $dn })

problem-unreachable-title = Katalogen svarar inte
problem-unreachable-what = Katalogen kan inte nås just nu; arbetet väntar.
problem-unreachable-cure = Ingenting behöver göras; arbetet fortsätter automatiskt så snart katalogen svarar. Om problemet kvarstår behöver leverantören kontrollera att domänkontrollanterna är igång och kan nås via nätverket.

problem-certificate_expired-title = Katalogens certifikat har gått ut
problem-certificate_expired-what = Domänkontrollantens certifikat är inte längre giltigt, så ingenting skickas till den; arbetet väntar.
problem-certificate_expired-cure = Leverantören behöver installera ett nytt certifikat på domänkontrollanten. Arbetet fortsätter automatiskt inom en minut.

problem-certificate_not_yet_valid-title = Katalogens certifikat är inte giltigt än
problem-certificate_not_yet_valid-what = Domänkontrollantens certifikat börjar gälla senare, enligt vår klocka; arbetet väntar.
problem-certificate_not_yet_valid-cure = Leverantören behöver jämföra klockorna på domänkontrollanten och på den dator där produkten körs, och ställa den som går fel. Arbetet fortsätter automatiskt.

problem-certificate_not_trusted-title = Katalogens certifikat är inte betrott
problem-certificate_not_trusted-what = Domänkontrollantens certifikat är inte utfärdat av någon certifikatutfärdare i vår fil, eller är skadat eller återkallat, så ingenting skickas till den; arbetet väntar.
problem-certificate_not_trusted-cure = Leverantören behöver försäkra sig om att det är rätt domänkontrollant och sedan lägga till certifikatets utfärdare i den fil som anges i ca_file. Arbetet fortsätter automatiskt inom en minut.

problem-certificate_name-title = Katalogens certifikat har ett annat namn
problem-certificate_name-what = Domänkontrollantens certifikat är inte utfärdat för det namn som den nås med, så ingenting skickas till den; arbetet väntar.
problem-certificate_name-cure = Leverantören behöver installera ett certifikat med namnet i urls på domänkontrollanten, varpå arbetet fortsätter automatiskt, eller skriva in certifikatets namn i urls och starta om produkten.

problem-credentials_refused-title = Katalogen släpper inte in vårt konto
problem-credentials_refused-what = Kontot som produkten arbetar med får inte logga in i katalogen: { $cause }. Arbetet väntar.
problem-credentials_refused-cure = Leverantören behöver rätta till kontot i katalogen och lägga in ett ändrat lösenord i den fil som anges i bind_password_file. Arbetet fortsätter automatiskt inom en minut; efter ett felaktigt lösenord provas samma lösenord igen först efter tio minuter.

problem-sign_in_method-title = Katalogen kräver ett annat sätt att logga in
problem-sign_in_method-what = Katalogen godtar inte inloggning med namn och lösenord över TLS, så som produkten gör; arbetet väntar.
problem-sign_in_method-cure = Leverantören behöver tillåta enkla bindningar (simple bind) över LDAPS för kontot, eftersom en princip eller en gateway förbjuder dem. Arbetet fortsätter automatiskt.

problem-folder_missing-title = Vår mapp saknas i katalogen
problem-folder_missing-what = Mappen som produkten har tilldelats finns inte, eller så får produktens konto inte se den; arbetet väntar.
problem-folder_missing-cure = Leverantören behöver återställa mappen, ge den dess gamla namn eller köra delegeringen igen; sedan fortsätter arbetet automatiskt.

problem-disk_full-title = Katalogen kan inte spara något
problem-disk_full-what = Domänkontrollanten kan inte skriva till sin disk, oftast för att den är full; arbetet väntar, och ingenting har blivit halvgjort.
problem-disk_full-cure = Leverantören behöver frigöra utrymme på domänkontrollantens disk. Arbetet fortsätter automatiskt inom en minut eller två.

problem-maintenance-title = Underhåll av katalogen pågår
problem-maintenance-what = Leverantören arbetar med katalogen; ingenting skickas till den, och arbetet väntar.
problem-maintenance-cure = Ingenting behöver göras; arbetet fortsätter automatiskt när underhållet är klart.

problem-read_only-title = Katalogen är skrivskyddad
problem-read_only-what = Leverantören tillåter inga ändringar i katalogen just nu; det som skiljer sig väntar.
problem-read_only-cure = Ingenting behöver göras; arbetet fortsätter automatiskt när katalogen får ändras igen.

problem-clock_skew-title = En klocka går fel
problem-clock_skew-what = En domänkontrollants klocka skiljer sig från vår. Ingenting hålls tillbaka.
problem-clock_skew-cure = Leverantören behöver synkronisera klockorna på domänkontrollanterna och på den dator där produkten körs. Från fem minuters skillnad kan personer inte logga in med Kerberos.

problem-replicating-title = Katalogens domänkontrollanter är inte överens än
problem-replicating-what = En annan domänkontrollant i katalogen har fått ändringen, och den som används känner inte till den än.
problem-replicating-cure = Ingenting behöver göras; en ny kontroll görs automatiskt. Om problemet kvarstår behöver leverantören kontrollera replikeringen mellan domänkontrollanterna.

problem-waiting-title = Något annat kommer först
problem-waiting-what = Ett annat objekt måste finnas först och finns inte än.
problem-waiting-cure = Ingenting behöver göras; ett nytt försök görs automatiskt. Om problemet kvarstår, leta efter ett misslyckat objekt hos samma kund.

problem-busy-title = Katalogen är upptagen
problem-busy-what = Katalogen gav ett tillfälligt fel.
problem-busy-cure = Ingenting behöver göras; ett nytt försök görs automatiskt. Om det till slut misslyckades behöver leverantören kontrollera domänkontrollantens belastning och sedan köra om begäran.

problem-changed_meanwhile-title = Det ändrades i samma ögonblick
problem-changed_meanwhile-what = Någon ändrade eller tog bort objektet i katalogen medan det bearbetades.
problem-changed_meanwhile-cure = Ingenting behöver göras; objektet kontrolleras och ett nytt försök görs automatiskt. Om det till slut misslyckades, ta reda på vem mer som ändrar det och kör sedan om begäran.

problem-name_taken-title = Namnet är upptaget
problem-name_taken-what = Ett annat objekt i katalogen, som inte är vårt, har redan samma uppgift: { $attribute }{ $value }.
problem-name_taken-cure = Välj ett annat namn och kör sedan om begäran.

problem-invalid_value-title = Katalogen godtar inte ett värde
problem-invalid_value-what = Katalogen godtar inte följande: { $attribute }{ $value }.
problem-invalid_value-cure = Ändra värdet och kör sedan om begäran.

problem-password_policy-title = Lösenordet är för svagt för katalogen
problem-password_policy-what = Katalogens lösenordsregler godtar inte det lösenord som valdes.
problem-password_policy-cure = Välj ett annat lösenord: längre, med stora bokstäver, siffror och specialtecken, utan ditt namn och inget som har använts tidigare. Vissa kataloger tillåter bara ett byte per dag.

problem-first_password = Kontots första lösenord gick därmed förlorat: personen väljer ett via länken, och ett nytt försök skapar kontot utan det.
problem-secret_expired-title = Lösenordet väntade för länge
problem-secret_expired-what = Katalogen var borta så länge att det väntande lösenordet förstördes av säkerhetsskäl.
problem-secret_expired-cure = Be om en ny länk och välj ett lösenord igen.

problem-insufficient_rights-title = En rättighet saknas i katalogen
problem-insufficient_rights-what = Kontot som produkten arbetar med saknar en rättighet i katalogen, eller så är objektet skyddat mot ändringen.
problem-insufficient_rights-cure = Leverantören behöver köra kontrollen av katalogen och ge de rättigheter som den anger, eller ta bort objektets skydd mot radering, och sedan köra om begäran.

problem-outside_folder-title = Objektet ligger utanför vår mapp
problem-outside_folder-what = Objektet finns inte i den del av katalogen som produkten har tilldelats.
problem-outside_folder-cure = Leverantören behöver flytta tillbaka objektet och sedan köra om begäran.

problem-protected-title = Objektet är skyddat
problem-protected-what = Objektet finns på listan över det som produkten aldrig rör.
problem-protected-cure = Leverantören behöver ta bort objektet från listan, om det är riktigt, och sedan köra om begäran.

problem-not_empty-title = Behållaren är inte tom
problem-not_empty-what = Behållaren innehåller objekt som inte är våra och kan inte tas bort, eller så är det en grupp som är någons primära grupp.
problem-not_empty-cure = Leverantören behöver flytta bort dessa objekt, eller ge de berörda personerna en annan primär grupp, och sedan köra om begäran.

problem-not_verified-title = Katalogen visar inte det som skrevs
problem-not_verified-what = Katalogen godtog ändringen men visade sedan något annat än det som skrevs: { $attribute }.
problem-not_verified-cure = Leverantören behöver ta reda på vad som ändrar tillbaka, till exempel ett skript eller en replik, och sedan köra om begäran.

problem-member_missing-title = En medlem finns inte i katalogen
problem-member_missing-what = En person som ska ingå i gruppen har inget konto i katalogen, eller så har kontot tagits bort där.
problem-member_missing-cure = Leverantören behöver återställa kontot eller ta bort personen ur gruppen, och sedan köra om begäran.

problem-group_rule-title = Gruppen tar inte emot medlemmen
problem-group_rule-what = Katalogens regler tillåter inte medlemmen i den här typen av grupp: typerna passar inte ihop, de hör till olika domäner eller en grupp skulle innehålla sig själv.
problem-group_rule-cure = Leverantören behöver ändra gruppens typ eller ta bort medlemmen, och sedan köra om begäran.

problem-size_limit-title = En gräns i katalogen är nådd
problem-size_limit-what = Katalogen tillåter inte fler eller inget större: en gräns för antalet värden, för ett objekts storlek eller för hur många objekt ett konto får äga ({ $attribute }{ $value }).
problem-size_limit-cure = Leverantören behöver höja den gräns eller kvot som katalogens svar anger, och sedan köra om begäran.

problem-ids_exhausted-title = Katalogen har inga nummer för nya konton
problem-ids_exhausted-what = Domänkontrollanten har förbrukat sina nummer för nya konton och får inga nya, eftersom den domänkontrollant som delar ut dem inte svarar. Flera försök har gjorts.
problem-ids_exhausted-cure = Leverantören behöver få igång domänkontrollanten med rollen RID-master, eller flytta rollen, och sedan köra om begäran.

problem-schema-title = Katalogens schema passar inte
problem-schema-what = Katalogen känner inte till följande, tillåter det inte för den här typen av objekt eller kräver det fast det inte angavs: { $attribute }.
problem-schema-cure = Leverantören behöver utöka schemat eller välja ett annat attribut i konfigurationen, och sedan köra om begäran.

problem-not_supported-title = Katalogen kan inte göra detta
problem-not_supported-what = Servern saknar något som produkten behöver; den kanske inte är en Active Directory-domänkontrollant, eller så är den en gateway framför en sådan.
problem-not_supported-cure = Leverantören behöver låta urls leda direkt till en domänkontrollant med en version som stöds, och sedan köra om begäran.

problem-other_server-title = En annan server måste göra detta
problem-other_server-what = Domänkontrollanten hänvisar till en annan: den är skrivskyddad, eller så hör objektet till en annan domän.
problem-other_server-cure = Leverantören behöver ange skrivbara domänkontrollanter i rätt domän i urls, och sedan köra om begäran.

problem-unwilling-title = Katalogens regler tillåter det inte
problem-unwilling-what = Katalogen tillåter inte den här ändringen ({ $attribute }{ $value }): den sköter uppgiften själv, eller så förbjuder en av dess egna regler det.
problem-unwilling-cure = Leverantören behöver läsa katalogens eget svar, häva den regel eller det skydd som det anger och sedan köra om begäran.

problem-target_error-title = Katalogen rapporterar ett internt fel
problem-target_error-what = Domänkontrollanten kunde inte utföra ändringen på grund av ett eget fel. Flera försök har gjorts.
problem-target_error-cure = Leverantören behöver titta i domänkontrollantens händelselogg vid den tidpunkten, åtgärda det som den anger och sedan köra om begäran.

problem-other_version-title = Det skrevs av en annan version av produkten
problem-other_version-what = Det som önskas sparades av en nyare version av produkten, och den version som arbetar nu kan inte läsa det.
problem-other_version-cure = Leverantören behöver uppdatera alla produktens processer till samma version, och sedan köra om begäran.

problem-gone-title = Det finns inte längre
problem-gone-what = Det som skulle övertas eller kontrolleras finns inte längre i katalogen.
problem-gone-cure = Leverantören behöver ta reda på vart det tog vägen, lägga tillbaka det och sedan köra om begäran, eller kartlägga katalogen igen.

problem-refused-title = Katalogen nekade
problem-refused-what = Katalogen nekade ändringen av ett eget skäl.
problem-refused-cure = Leverantören behöver läsa katalogens eget svar, ändra det som det anger och sedan köra om begäran.

problem-hook_pending-title = Något annat måste godkänna först
problem-hook_pending-what = En hook för tjänsten tillfrågas innan katalogen ändras och har inte godkänt än.
problem-hook_pending-cure = Ingenting behöver göras; arbetet fortsätter automatiskt när hooken godkänner. Om hooken visar ett eget problem måste det lösas.

problem-hook_refused-title = En hook för tjänsten nekade
problem-hook_refused-what = { $hook } nekade, med det bifogade svaret.
problem-hook_refused-cure = Gör det som svaret ber om, eller fråga den som driver hooken, och kör sedan om begäran.

problem-hook_unreachable-title = En hook för tjänsten svarar inte
problem-hook_unreachable-what = { $hook } anropades flera gånger och gav inget svar.
problem-hook_unreachable-cure = Leverantören behöver rätta till mottagaren eller ge hooken en annan adress, och sedan köra om begäran.

problem-hook_failed-title = En hook för tjänsten misslyckades
problem-hook_failed-what = { $hook } svarade med ett fel.
problem-hook_failed-cure = Leverantören behöver ta reda på orsaken hos mottagaren eller i kommandot, rätta till den och sedan köra om begäran.

problem-mail_refused-title = E-postmeddelandet avvisades
problem-mail_refused-what = E-postservern tar inte emot e-post till personens adress, eller inte detta; dess egna ord bifogas.
problem-mail_refused-cure = Rätta personens e-postadress och skicka sedan en ny länk.

problem-mail_unreachable-title = E-postmeddelandet kunde inte skickas
problem-mail_unreachable-what = E-postservern kan inte nås, släpper inte in produkten eller tar inte emot något just nu; dess egna ord bifogas. Ett nytt försök görs tills länken i meddelandet går ut, högst i tre dagar.
problem-mail_unreachable-cure = Leverantören ordnar e-postservern eller avsnittet mail i konfigurationen; det som väntar fortsätter då av sig självt, och det som gavs upp behöver en ny länk.

problem-mail_late-title = E-postmeddelandet kom för sent
problem-mail_late-what = Länken i meddelandet användes, ersattes eller blev för gammal innan det kunde skickas, eller så finns personen inte längre.
problem-mail_late-cure = Skicka en ny länk om personen fortfarande behöver den.

problem-clock_skew-ahead = Klockan på { $controller } går { $seconds } sekunder före vår. Ingenting hålls tillbaka.
problem-clock_skew-behind = Klockan på { $controller } går { $seconds } sekunder efter vår. Ingenting hålls tillbaka.
problem-hook = Hooken
problem-hook-named = Hooken ”{ $name }”

# Why the directory does not let our account in; completes the sentence above.
sign-in-wrong_password = lösenordet är fel (det har ändrats i katalogen, eller så finns kontot inte längre)
sign-in-password_expired = lösenordet har gått ut
sign-in-must_change = lösenordet måste bytas vid nästa inloggning
sign-in-disabled = kontot är inaktiverat
sign-in-account_expired = kontots giltighetstid har gått ut
sign-in-locked = kontot är låst efter för många felaktiga lösenord
sign-in-hours = kontot får inte logga in vid den här tiden på dygnet
sign-in-place = kontot får inte logga in från den här datorn
sign-in-other = lösenordet eller kontots tillstånd tillåter det inte

# What of an object is meant, inside a sentence.
attribute-value = angivet värde
attribute-logon_name = inloggningsnamn
attribute-principal_name = användarhuvudnamn
attribute-display_name = visningsnamn
attribute-given_name = förnamn
attribute-readers = läsargrupp
attribute-group_kind = grupptyp

# Whose turn it is.
who-wait = ingen; det fortsätter automatiskt
who-change_value = helpdesk eller kunden, sedan *kör om*
who-choose_password = den person vars lösenord det är
who-ask_provider = leverantören, sedan *kör om*
who-repair = leverantören; sedan fortsätter det automatiskt
