# Why a call was refused: conflicts by their codes, and rules that a value broke.

conflict-reference_used-title = Die Referenz wird von einer anderen Bestellung verwendet
conflict-reference_used-detail = Dieser Wiederverkäufer hat bereits eine Bestellung mit dieser Referenz und anderem Inhalt. Es wurde nichts geändert. Geben Sie dieser Bestellung eine eigene Referenz oder senden Sie den ersten Inhalt noch einmal.

conflict-idempotency_key_reused-title = Der Idempotenzschlüssel wird von einem anderen Aufruf verwendet
conflict-idempotency_key_reused-detail = Ein Aufruf mit diesem Idempotency-Key wurde bereits beantwortet, und es war ein anderer Aufruf. Es wurde nichts geändert. Verwenden Sie einen neuen Schlüssel.

conflict-stale-title = Zwischenzeitlich von jemand anderem geändert
conflict-stale-detail = Die Version in If-Match ist nicht die aktuelle. Es wurde nichts geändert. Lesen Sie das Objekt erneut und wiederholen Sie die Änderung.

conflict-directory_dedicated-title = Das Verzeichnis ist für jemand anderen reserviert
conflict-directory_dedicated-detail = Es ist für einen Mandanten reserviert, und dieser Kunde stünde nicht unter ihm. Es wurde nichts geändert. Wählen Sie ein anderes Verzeichnis.

conflict-directory_not_allowed-title = Kunden dieses Wiederverkäufers dürfen nicht in dieses Verzeichnis
conflict-directory_not_allowed-detail = Das Verzeichnis ist für jemand anderen reserviert, oder die Platzierung des Wiederverkäufers oder eines übergeordneten nennt es nicht. Es wurde nichts geändert. Wählen Sie ein anderes Verzeichnis oder einen anderen Wiederverkäufer, oder lassen Sie es von der Stelle erlauben, die die Verzeichnisse verwaltet.

conflict-plans_of_seller-title = Pläne des jetzigen Wiederverkäufers sind in Verwendung
conflict-plans_of_seller-detail = Der neue Wiederverkäufer kann nicht verkaufen, was nur der jetzige veröffentlicht. Es wurde nichts geändert. Weisen Sie den Personen Pläne zu, die beide haben, oder lassen Sie diese Pläne vom Betreiber veröffentlichen.

conflict-directory_in_use-title = Im Verzeichnis sind Kunden, für die es nicht bestimmt wäre
conflict-directory_in_use-detail = Ein Verzeichnis kann nur reserviert werden, solange nur diejenigen darin sind, für die es bestimmt ist. Es wurde nichts geändert. Lassen Sie zuerst die anderen Kunden in ein anderes Verzeichnis umziehen.

conflict-directory_move_open-title = Der Kunde zieht gerade in ein anderes Verzeichnis um
conflict-directory_move_open-detail = Ein Umzug muss beendet sein, bevor der nächste beginnt: wenn die Frist abgelaufen ist, in der er zurückgenommen werden kann, oder wenn er zurückgenommen wurde.

conflict-directory_move_over-title = Der Umzug kann nicht mehr zurückgenommen werden
conflict-directory_move_over-detail = Die Frist dafür ist abgelaufen, und die alten Konten werden entfernt. Lassen Sie den Kunden zurückziehen wie in jedes andere Verzeichnis.

conflict-directory_read_only-title = Das Verzeichnis ist schreibgeschützt
conflict-directory_read_only-detail = Im gewählten Verzeichnis darf derzeit nichts geändert werden, daher kann dort kein Kunde angelegt werden. Es wurde nichts geändert. Wählen Sie ein anderes Verzeichnis oder bestellen Sie erneut, wenn der Betreiber den Schreibschutz aufgehoben hat.

conflict-suspended-title = Der Mandant ist gesperrt
conflict-suspended-detail = Solange ein Mandant oder ein übergeordneter gesperrt oder geschlossen ist, kann für ihn nichts bestellt oder geändert werden. Heben Sie zuerst die Sperrung auf oder stellen Sie den Mandanten wieder her.

conflict-closed-title = Der Mandant ist geschlossen
conflict-closed-detail = Ein geschlossener Mandant oder einer unter ihm kann weder gesperrt noch entsperrt, verschoben oder mit einer anderen Frist geschlossen werden. Stellen Sie ihn zuerst wieder her.

conflict-closed_above-title = Ein übergeordneter Mandant ist geschlossen
conflict-closed_above-detail = Was unter einem geschlossenen Mandanten steht, kann nicht allein wiederhergestellt werden. Stellen Sie zuerst den übergeordneten Mandanten wieder her.

conflict-grace_over-title = Den Mandanten gibt es nicht mehr
conflict-grace_over-detail = Die Frist, in der er wiederhergestellt werden konnte, ist abgelaufen, und seine Konten werden entfernt. Bestellen Sie ihn neu; seine Namen werden frei, wenn ihre Reservierung endet.

conflict-open_below-title = Darunter gibt es offene Mandanten
conflict-open_below-detail = Ein Wiederverkäufer wird als Letzter geschlossen. Schließen oder verschieben Sie zuerst die Kunden und Wiederverkäufer unter ihm.

conflict-below_itself-title = Ein Mandant kann nicht unter sich selbst stehen
conflict-below_itself-detail = Der neue Wiederverkäufer steht unter dem Mandanten, der verschoben werden soll. Es wurde nichts geändert. Wählen Sie einen anderen Wiederverkäufer.

conflict-mail_off-title = Diese Installation verschickt keine E-Mails
conflict-mail_off-detail = Was Sie angefordert haben, wird per E-Mail mitgeteilt, und es ist kein Mailserver eingerichtet. Bitten Sie Ihren Administrator um einen Link, oder lassen Sie den Betreiber der Installation E-Mail einrichten.
conflict-other_files-title = Andere Dateien werden gelesen
conflict-other_files-detail = Ein Server liest wenige Dateien auf einmal, und so viele werden gerade gelesen. Von Ihrer wurde nichts behalten: Bringen Sie sie gleich noch einmal.

conflict-link_dead-title = Der Link ist nicht mehr gültig
conflict-link_dead-detail = Der Link wurde bereits verwendet, durch einen neueren ersetzt oder ist zu alt. Bitten Sie Ihren Administrator um einen neuen.

conflict-oneself-title = Das eigene Konto kann niemand deaktivieren
conflict-oneself-detail = Bitten Sie einen anderen Administrator darum.

conflict-in_use-title = Es wird von Personen verwendet
conflict-in_use-detail = Es kann nicht entfernt werden, solange Personen es verwenden; die Liste zeigt, wie viele es sind. Weisen Sie ihnen zuerst etwas anderes zu.
conflict-service_in_use-title = Personen haben Pläne des Dienstes
conflict-service_in_use-detail = Es wurde nichts geändert. Wenn ihre Pläne enden sollen, sagen Sie es: mit force oder auf der Seite, die zeigt, wem er entzogen wird. Weisen Sie ihnen sonst zuerst einen anderen Plan zu.

conflict-last_suffix-title = Es ist das einzige Suffix
conflict-last_suffix-detail = Ein Kunde benötigt ein Suffix für die Benutzerprinzipalnamen seiner Personen. Fügen Sie zuerst ein anderes hinzu.

conflict-built_in_group-title = Das Produkt verwaltet diese Gruppe selbst
conflict-built_in_group-detail = Wer darin ist, ergibt sich aus den Personen und ihren Plänen; daher kann sie nicht von Hand geändert werden.

conflict-not_ours-title = Das Objekt gehört nicht zu diesem Produkt
conflict-not_ours-detail = Jemand anderes hat es angelegt, daher wird es weder geändert noch entfernt. Wer es angelegt hat, muss es im Verzeichnis verschieben oder entfernen.

conflict-not_adoptable-title = Was gefunden wurde, kann nicht übernommen werden
conflict-not_adoptable-detail = Übernommen werden können nur Werte von Personen und keine Namen, die im Verzeichnis eindeutig sein müssen. Setzen Sie die Änderung zurück oder ändern Sie die Person.

conflict-resolved-title = Der Befund ist nicht mehr offen
conflict-resolved-detail = Er wurde zurückgesetzt oder übernommen, oder er hat sich von selbst erledigt. Sehen Sie ihn sich erneut an.

conflict-given_by_bundle-title = Ein Paket enthält diesen Plan
conflict-given_by_bundle-detail = Die Person hat den Plan über ein Paket. Entziehen Sie ihr das Paket oder veröffentlichen Sie eine Version des Pakets ohne diesen Plan.

conflict-changed_since-title = Zwischenzeitlich geändert
conflict-changed_since-detail = Jemand hat dasselbe seither geändert, und das wird nicht mit rückgängig gemacht. Machen Sie zuerst die spätere Änderung rückgängig oder setzen Sie den Wert.

conflict-not_undoable-title = Dies kann nicht für sich rückgängig gemacht werden
conflict-not_undoable-detail = Rückgängig gemacht werden können Änderungen von Eigenschaften und von Planversionen. Alles andere wird dort zurückgeändert, wo es geändert wurde.

conflict-no_secret-title = Der Hook hat keinen geheimen Schlüssel
conflict-no_secret-detail = Ein Befehl läuft auf dem Rechner des Workers und wird nicht signiert, daher gibt es keinen geheimen Schlüssel zu erneuern.

conflict-survey_not_done-title = Die Bestandsaufnahme ist nicht abgeschlossen
conflict-survey_not_done-detail = Warten Sie, bis sie abgeschlossen ist, oder prüfen Sie, warum sie fehlgeschlagen ist. Rufen Sie dann die Vorschau der Übernahme erneut auf.

conflict-too_many_surveys-title = Es gibt zu viele Bestandsaufnahmen des Verzeichnisses
conflict-too_many_surveys-detail = Jede wird drei Tage nach ihrer Anforderung verworfen. Verwenden Sie für die Übernahme eine der vorhandenen oder warten Sie.

conflict-preview_stale-title = Was heute geschähe, entspricht nicht mehr der Vorschau
conflict-preview_stale-detail = Inzwischen wurden Namen vergeben, Objekte kamen zu diesem Produkt oder die Bestandsaufnahme wurde verworfen. Es wurde nichts geändert. Rufen Sie die Vorschau der Übernahme erneut auf, wenn nötig aus einer neuen Bestandsaufnahme.

conflict-adoption_conflicts-title = Einige Objekte können nicht übernommen werden
conflict-adoption_conflicts-detail = Es wurde nichts geändert. Beheben Sie, was die Konflikte nennen, und führen Sie eine neue Bestandsaufnahme durch, oder geben Sie an, dass diese Objekte bleiben sollen, wie sie sind.
conflict-bulk_state-title = Das geht damit zurzeit nicht
conflict-bulk_state-detail = Sehen Sie es noch einmal an: Es wurde inzwischen begonnen, beendet oder abgebrochen, oder es wurde noch nicht begonnen.
conflict-links_fetched-title = Die Links wurden bereits abgeholt
conflict-links_fetched-detail = Links sind geheim und werden einmal herausgegeben. Wer einen verloren hat, bekommt einen neuen: Setzen Sie das Passwort dieser Person zurück, oder senden Sie Links per E-Mail.
conflict-contended-title = Andere ändern gerade dasselbe
conflict-contended-detail = Es wurde mehrmals versucht, und jedes Mal kam eine andere Änderung zuvor. Es wurde nichts geändert: Versuchen Sie es gleich noch einmal.

# Rules. The variables are the rule's own arguments.
rule-required = Hier wird ein Wert benötigt.
rule-required-or = Hier oder in { $or } wird ein Wert benötigt.
rule-too_long = Höchstens { $max } Zeichen.
rule-too_short = Mindestens { $min } Zeichen.
rule-forbidden_character = Der Wert enthält ein Zeichen, das hier nicht erlaubt ist.
rule-forbidden_character-named = Das Zeichen „{ $character }“ ist hier nicht erlaubt.
rule-format = Erwartet wird: { $expected }.
rule-format-other = Es wird eine andere Form erwartet.
rule-and-expected = { $text } Erwartet wird: { $expected }.
rule-unknown = Dies gibt es hier nicht.
rule-unknown-value = „{ $value }“ gibt es hier nicht.
rule-unknown-known = { $text } Bekannt: { $known }.
rule-taken = Dies ist bereits vergeben.
rule-taken-value = „{ $value }“ ist bereits vergeben.
rule-too_many = Höchstens { $max } sind auf einmal möglich.
rule-too_many-other = Auf einmal sind nur weniger möglich.
rule-quota-people = Personen
rule-quota-service = den Dienst { $name }
rule-quota-plan = den Plan { $name }
rule-quota = Das Kontingent von { $whose } für { $quota } beträgt { $max }; belegt: { $used }, zusätzlich angefordert: { $asked }. Wer darüber steht, kann es erhöhen, oder geben Sie zuerst etwas davon frei.
rule-of-service = Der Dienst { $service } würde „{ $value }“ setzen. { $rule } Ändern Sie, was der Dienst, sein Plan oder seine Eigenschaften sagen, und versuchen Sie es erneut.
rule-of-service-person = Der Dienst { $service } würde für { $person } „{ $value }“ setzen. { $rule } Ändern Sie, was der Dienst, sein Plan oder seine Eigenschaften sagen, oder die Person, und versuchen Sie es erneut.
rule-quota-seller = Ein Kontingent des Wiederverkäufers für { $quota } reicht nicht für { $asked } mehr. Wenden Sie sich an den Wiederverkäufer.
rule-out_of_range = Dies ist hier nicht möglich.
rule-out_of_range-between = Muss zwischen { $min } und { $max } liegen.
rule-out_of_range-min = Darf nicht vor oder unter { $min } liegen.
rule-out_of_range-max = Darf nicht über { $max } liegen.
rule-immutable = Dies kann nach dem Anlegen nicht mehr geändert werden.
rule-immutable-present = Im Export steht { $value }, hier ist es { $present }. Daran wurde nichts geändert; ändern oder verschieben Sie den Kunden, wenn das gewünscht ist.
rule-too_few_kinds = Verwenden Sie mindestens { $min } dieser Zeichenarten: Großbuchstaben, Kleinbuchstaben, Ziffern, andere Zeichen.
rule-holds_word = Der Wert darf „{ $value }“ nicht enthalten.
rule-holds_word-name = Der Wert darf den eigenen Namen nicht enthalten.
rule-cycle = Damit entstünde ein Kreis.
rule-cycle-value = „{ $value }“ steht bereits darunter, damit entstünde ein Kreis.
rule-duplicate = Dies steht hier zweimal.
rule-duplicate-value = „{ $value }“ steht hier zweimal.
rule-duplicate-other = Geben Sie dies oder { $other } an, nicht beides.

# What an adoption does to a directory.
adoption-marked = { $n ->
    [one] 1 Objekt erhält die Markierung dieses Produkts; seine anderen Attribute und sein Kennwort bleiben.
   *[other] { $n } Objekte erhalten die Markierung dieses Produkts; ihre anderen Attribute und Kennwörter bleiben.
}
adoption-closed = { $n ->
    [one] 1 Container kann nur noch von den eigenen Personen des Kunden gelesen werden.
   *[other] { $n } Container können nur noch von den eigenen Personen des Kunden gelesen werden.
}
adoption-groups = { $n ->
    [one] 1 Gruppe wird angelegt, und Personen werden aufgenommen.
   *[other] { $n } Gruppen werden angelegt, und Personen werden aufgenommen.
}
adoption-linked-directory = { $n ->
    [one] 1 Person oder Gruppe erhält das Gefundene, wie es ist, und das Portal übernimmt, was es zeigt.
   *[other] { $n } Personen und Gruppen erhalten das Gefundene, wie es ist, und das Portal übernimmt, was es zeigt.
}
adoption-linked-portal = { $n ->
    [one] 1 Person oder Gruppe erhält das Gefundene, das so geändert wird, wie das Portal es kennt.
   *[other] { $n } Personen und Gruppen erhalten das Gefundene, das so geändert wird, wie das Portal es kennt.
}

# Why an object is not taken over, and what to do about it.
adopt-already_ours = Das Objekt gehört bereits zu diesem Produkt.
adopt-already_ours-cure = Es ist nichts zu tun.
adopt-foreign_marker = Das Objekt trägt die Markierung von etwas, das dieses Produkt nicht kennt.
adopt-foreign_marker-cure = Leeren Sie das Attribut der Markierung, wenn keine andere Installation es verwendet, und führen Sie dann eine neue Bestandsaufnahme durch.
adopt-protected = Das Objekt steht auf der Liste dessen, was nie angetastet wird.
adopt-protected-cure = Nehmen Sie es in den Einstellungen des Verzeichnisses von der Liste, wenn das richtig ist, und führen Sie dann eine neue Bestandsaufnahme durch.
adopt-container = Der Container, in dem das Objekt liegt, wird nicht übernommen.
adopt-container-cure = Beheben Sie, was der Konflikt des Containers nennt, und führen Sie dann eine neue Bestandsaufnahme durch.
adopt-value-missing = Dem Objekt fehlt diese Angabe: { $field }.
adopt-value-missing-cure = Ergänzen Sie die Angabe im Verzeichnis und führen Sie dann eine neue Bestandsaufnahme durch.
adopt-value = Diese Angabe des Objekts kann nicht beibehalten werden: { $field }.
adopt-value-cure = Berichtigen Sie den Wert im Verzeichnis und führen Sie dann eine neue Bestandsaufnahme durch.
adopt-name_taken = Jemand anderes hat diese Angabe oder hatte sie vor Kurzem: { $field } „{ $value }“.
adopt-name_taken-cure = Geben Sie dem Objekt im Verzeichnis eine andere und führen Sie dann eine neue Bestandsaufnahme durch.
adopt-duplicate = Diese Angabe steht zweimal in dem, was übernommen wird, oder wird von diesem Produkt verwendet: { $field } „{ $value }“.
adopt-duplicate-cure = Benennen Sie eines der Objekte im Verzeichnis um und führen Sie dann eine neue Bestandsaufnahme durch.
adopt-suffix_taken = Ein anderer Kunde hat die Domain „{ $value }“.
adopt-suffix_taken-cure = Geben Sie der Person einen Benutzerprinzipalnamen in einer Domain dieses Kunden und führen Sie dann eine neue Bestandsaufnahme durch.
adopt-suffix_left_out = Die Domain „{ $value }“ ist nicht unter denen, die der Kunde erhält.
adopt-suffix_left_out-cure = Fügen Sie die Domain zu denen des Kunden hinzu und rufen Sie die Vorschau erneut auf, oder lassen Sie die Person aus.
adopt-several_candidates = Das Objekt und das, wozu es gehören würde, lassen sich nicht eins zu eins zuordnen.
adopt-several_candidates-cure = Berichtigen Sie eines von beiden oder wählen Sie andere Regeln, erfassen Sie dann erneut und rufen Sie die Vorschau erneut auf.
adopt-linked_elsewhere = Nach den gewählten Regeln würde es zu „{ $value }“ gehören; dort gibt es bereits ein anderes Konto.
adopt-linked_elsewhere-cure = Wählen Sie Regeln, die beide nicht zusammenbringen, oder berichtigen Sie den Wert, und rufen Sie dann die Vorschau erneut auf.
adopt-other_customer = Das Objekt steht diesem Kunden nicht zu.
adopt-other_customer-cure = Lassen Sie es aus oder fragen Sie den Betreiber des Verzeichnisses.
adopt-computer = Es ist das Konto eines Computers.
adopt-computer-cure = Es ist nichts zu tun.
adopt-service_account = Es ist das Konto eines Dienstes.
adopt-service_account-cure = Es ist nichts zu tun.
adopt-built_in = Das Verzeichnis kommt ohne dieses Objekt nicht aus.
adopt-built_in-cure = Es ist nichts zu tun.

# Where a rule comes with nothing to say about it.
rule-unspecific = Dies kann nicht angenommen werden.
rule-too_long-other = Dies ist zu lang.
rule-too_short-other = Dies ist zu kurz.

# What a field takes, by the words of the code.
expected-an-instant-with-its-offset = ein Zeitpunkt mit Abstand zu UTC, z. B. { $example }
expected-an-instant = ein Zeitpunkt, z. B. { $example }
expected-a-day = ein Tag, z. B. { $example }
expected-two-letters = zwei Buchstaben, z. B. { $example }
expected-an-address = eine Adresse, z. B. { $example }
expected-name-domain = Name@Domain, z. B. { $example }
expected-a-time-zone = eine Zeitzone, z. B. { $example }
expected-a-language = eine Sprache, z. B. { $example }
expected-a-domain-name = ein Domainname, z. B. { $example }
expected-a-currency = eine Währung, z. B. { $example }
expected-a-drive = ein Laufwerk, z. B. { $example }
expected-a-whole-number = eine ganze Zahl
expected-the-id-or-the-principal-name-of-a-person = die Kennung oder der Benutzerprinzipalname einer Person
expected-a-letter-first--then-letters--digits-and-inner-hyphens = zuerst ein Buchstabe, dann Buchstaben, Ziffern und Bindestriche dazwischen
expected-a-provider-or-reseller = ein Betreiber oder Wiederverkäufer
expected-a-person-or-a-customer = eine Person oder ein Kunde

# Versions of plans.
conflict-older_version-title = Jemand hat eine neuere Version des Plans
conflict-older_version-detail = Abonnements werden nur auf neuere Versionen umgestellt. Nichts wurde geändert: Wählen Sie eine neuere Version, nennen Sie mit from, um wen es geht, oder machen Sie den Auftrag rückgängig, der die neuere brachte.

# Fields and settings.
rule-taken-by = „{ $value }“ ist schon vergeben, an { $by }.
rule-administrators_only = Das ändert nur ein Administrator.
rule-own_account = Das ist das eigene Konto: Das muss jemand anders tun.
rule-not_asked = Übergangen: Rollen werden nur gegeben und entzogen, wo das verlangt wurde ({ $value }).
rule-not_held = { $value }: Das können Sie weder geben noch nehmen, denn es erlaubt mehr, als Sie selbst dürfen.
conflict-currency_billed-title = In der jetzigen Währung wurde schon bestellt
conflict-currency_billed-detail = Was ein Kunde bestellt hat, wird in der damals geltenden Währung abgerechnet, und Preise haben eine Währung. Nichts wurde geändert: Legen Sie einen neuen Kunden in der anderen Währung an, oder rechnen Sie diesen zuerst ab und schließen Sie ihn.
expected-utf-8--utf-16-or-windows-1252 = UTF-8, UTF-16 oder Windows-1252
expected-a-csv-file = eine CSV-Datei
expected-a-closing-quote-for-every-quote = ein schließendes Anführungszeichen zu jedem öffnenden
expected-a-code-of-the-file-of-customers = ein Kürzel aus der Datei der Kunden
expected-a-code-with-which-the-names-of-the-customer-s-groups-are-free = ein Kürzel, mit dem die Namen der Gruppen des Kunden frei sind
expected-a-customer-in-the-directory-of-the-survey = ein Kunde im untersuchten Verzeichnis
expected-a-domain-for-the-customer-s-people = eine Domain für die Personen des Kunden
expected-a-file-in-base64 = eine Datei in Base64
expected-a-number = eine Zahl, z. B. { $example }
expected-a-row-of-headings = eine Zeile mit Überschriften
expected-either-url-or-command = entweder url oder command
expected-every---closed-by-a-- = jede { "{" } geschlossen durch eine { "}" }
expected-key-value = Schlüssel=Wert, z. B. { $example }
expected-nothing-about-a-new-customer-beside-one-that-exists = keine Angaben zu einem neuen Kunden neben einem vorhandenen
expected-yes-or-no = ja oder nein
expected--code--in-the-name-of-a-group = { "{" }code{ "}" } im Namen einer Gruppe
expected-one-instance--the-names-of-its-groups-do-not-hold--instance- = eine Instanz: die Namen ihrer Gruppen enthalten kein { "{" }instance{ "}" }
expected-a-container-that-lies-in-none-of-ours--or-in-that-of-the-seller = ein Container, der in keinem von uns liegt, oder in dem des Verkäufers
expected-a-container-that-lies-in-none-of-ours--in-that-of-the-seller--or-in-that-of-the-customer = ein Container, der in keinem von uns liegt, oder in dem des Verkäufers oder des Kunden
expected-the--next--of-an-earlier-page-of-this-list = der Weg von einer früheren Seite dieser Liste, wie er war
expected-nothing--unless-the-hook-is-called-before-a-change = nichts, außer wenn der Hook vor einer Änderung aufgerufen wird
expected-a-small-letter-first--then-small-letters--digits-and-- = zuerst ein Kleinbuchstabe, dann Kleinbuchstaben, Ziffern und _
expected-a-value-of-the-form = ein Wert der Form { $example }
expected-a-number-with-at-most-15-digits-before-and-6-after-the-point = eine Zahl mit höchstens 15 Stellen vor und 6 nach dem Komma
expected-a-regular-expression = ein regulärer Ausdruck, z. B. { $example }
expected-https---host-path = https://Host/Pfad
expected-https---host-path-without-a-user--a-blank-or-a-fragment = https://Host/Pfad ohne Benutzer, Leerzeichen oder Fragment
expected-an-address-that-is-not-this-machine-s-or-its-link-s--hooks-allow-addresses-lists-exceptions = eine Adresse, die weder die dieses Rechners noch die seines Verbindungsnetzes ist; Ausnahmen stehen in hooks.allow_addresses
expected-https-----plain-http-only-where-the-configuration-of-the-server-allows-it = https://; einfaches http nur, wo die Konfiguration des Servers es erlaubt
expected-days-and-full-hours = Tage und volle Stunden, z. B. { $example }
expected-a-principal-name--user-name--mail-address-or-employee-id = ein Benutzerprinzipalname, Benutzername, eine Mailadresse oder eine Personalnummer
expected-columns-of-the-headings = { $example } Spalten wie in den Überschriften
expected-at-least-one-of--given----surname----g----s- = mindestens eines von { "{" }given{ "}" }, { "{" }surname{ "}" }, { "{" }g{ "}" }, { "{" }s{ "}" }
expected-a-first-line-for-the-subject--and-a-text-below-it = eine erste Zeile für den Betreff und darunter ein Text
expected-a-subject-without--link- = ein Betreff ohne { "{" }link{ "}" }
expected-a-text-with--link- = ein Text mit { "{" }link{ "}" }
expected-addresses = Adressen, z. B. { $example }
expected-1-to-40-lower-case-letters--digits-and-underscores--a-letter-first = 1 bis 40 Kleinbuchstaben, Ziffern und Unterstriche, zuerst ein Buchstabe
expected-1-to-40-lower-case-letters--digits-and-hyphens--a-letter-first = 1 bis 40 Kleinbuchstaben, Ziffern und Bindestriche, zuerst ein Buchstabe
expected-true-or-false = true oder false

# Files of people.
rule-mangled = Eine Tabellenkalkulation hat verändert, was hier eingegeben wurde. Formatieren Sie die Spalte als Text, geben Sie den Wert neu ein, und importieren Sie die Datei noch einmal.
rule-mangled-number = Eine Tabellenkalkulation hat dies für eine Zahl gehalten; Nullen am Anfang können verloren sein. Prüfen Sie den Wert, und formatieren Sie die Spalte als Text, wenn sie fehlen.
rule-mangled-date = Eine Tabellenkalkulation hat aus der Eingabe ein Datum gemacht. Formatieren Sie die Spalte als Text, geben Sie den Wert neu ein, und importieren Sie die Datei noch einmal.
rule-mangled-exponent = Eine Tabellenkalkulation hat daraus eine gerundete Zahl gemacht; Ziffern sind verloren. Formatieren Sie die Spalte als Text, geben Sie den Wert neu ein, und importieren Sie die Datei noch einmal.
rule-mangled-error = Hier steht der Fehler einer Formel und kein Wert. Berichtigen Sie die Formel, oder ersetzen Sie sie durch den Wert.
expected-a-column-with-a-principal-name--log-on-name--external-id-or-employee-id = eine Spalte mit Benutzerprinzipalname, Anmeldename, externer Kennung oder Personalnummer
expected-both-columns-of-a-login--that-before-the---and-the-domain = beide Spalten einer Anmeldung: der Teil vor dem @ und die Domain
