# Viele Personen auf einmal: Dateien, Aktionen auf Listen und der Weg zurück.

bulk-list = Massenänderungen
bulk-list-hint = Importierte Dateien, was mit vielen Personen auf einmal getan wurde, und was zurückgenommen wurde. Sie werden 90 Tage lang aufbewahrt.
bulk-list-none = Hier wurde noch nichts in Massen geändert. Importieren Sie eine Datei, oder wählen Sie Personen in der Liste und sagen Sie, was mit ihnen geschehen soll.
bulk-import = Importieren
bulk-import-hint = Personen von { $customer } aus einer Tabelle oder einem anderen System. Zuerst sehen Sie, was geschehen würde; es geschieht nichts, bevor Sie es beginnen.
bulk-file-most = CSV, XLSX, XLS oder ODS mit einer Zeile Überschriften, höchstens { $mb } MB und { $rows } Personen. Kennwörter darin werden weder gelesen noch aufbewahrt.
bulk-recognise = Die Spalten erkennen
bulk-look = Zeigen, was geschehen würde
bulk-look-hint = Dadurch wird nichts geändert.
bulk-option-create = Neue Personen anlegen
bulk-option-create-hint = Wer in der Datei steht und hier fehlt, bekommt ein Konto.
bulk-option-update = Vorhandene Personen ändern
bulk-option-update-hint = Sie bekommen, was die Datei von ihnen sagt.
bulk-option-send_links = Neuen Personen ihren Link per E-Mail senden
bulk-option-send_links-hint = Damit wählen sie ein Kennwort. Sonst holen Sie die Links danach ab.
bulk-option-make_groups = Gruppen anlegen, die es nicht gibt
bulk-option-make_groups-hint = Eine Gruppe, die die Datei nennt und die niemand angelegt hat, wird angelegt. Sonst sind solche Zeilen Fehler.
bulk-option-give_roles = Rollen geben, die die Datei nennt
bulk-option-give_roles-hint = Rollen werden gegeben, wie die Datei es sagt, und in einer hier exportierten Liste auch entzogen. Sonst bleiben sie, wie sie sind, und die Zeilen sagen es.
bulk-option-disable = Es ist eine Liste von Ausgeschiedenen
bulk-option-disable-hint = Wer darin steht, kann sich nicht mehr anmelden; sonst wird aus der Datei nichts gelesen.
bulk-missing-keep = Sie bleiben, wie sie sind
bulk-missing-disable = Sie können sich nicht mehr anmelden
bulk-missing-remove = Sie werden entfernt und können eine Zeit lang wiederhergestellt werden
bulk-in-row = Zeile { $row }: { $text }
bulk-in-column = { $column }: { $text }
field-file = Datei
field-options = Was geschehen darf
field-missing = Personen, die nicht in der Datei stehen
field-mapping = Wie die Spalten gelesen werden
field-dates = Tage wie 03-04-2026
field-separators = Was Listen trennt
field-keep_as = Für spätere Dateien aufbewahren unter dem Namen
field-columns = Spalten
field-deed = Was geschehen soll

# Was Spalten bedeuten.
bulk-columns = Was die Spalten bedeuten
bulk-columns-hint = Nicht alles in dieser Datei ist sicher. Sagen Sie, was die Spalten bedeuten, dann sehen Sie, was geschehen würde.
bulk-columns-again = Ändern Sie, was die Spalten bedeuten oder was geschehen darf; dann sehen Sie neu, was geschehen würde.
bulk-heading = Spalte
bulk-example = Beispiel
bulk-meaning = Bedeutung
bulk-meaning-of = Bedeutung von { $column }
bulk-unsure = Nicht sicher
bulk-how = Wie die Datei gelesen wird
bulk-whole = Die Datei sagt alles: Was leer ist, wird geleert, und Listen gelten genau
bulk-dates-usual = Wie bei dieser Art Datei üblich
bulk-dates-day_first = Der Tag zuerst
bulk-dates-month_first = Der Monat zuerst
bulk-column-twice = { $other } bedeutet dasselbe. Wählen Sie es für eine von beiden.
bulk-column-user_name = Benutzername oder Anmeldename
bulk-column-mail_nickname = Teil des Benutzernamens vor dem @
bulk-column-mail_domain = Domäne des Benutzernamens
bulk-column-password = Kennwort
bulk-column-enabled = Darf sich anmelden
bulk-column-disabled = Darf sich nicht anmelden
bulk-column-control_flags = Darf sich anmelden, als Bits (userAccountControl)
bulk-column-must_change_password = Muss das Kennwort ändern
bulk-column-country = Land
bulk-column-groups = Gruppen
bulk-column-bundles = Pakete
bulk-column-bundle = Paket
bulk-column-roles = Rollen
bulk-column-services = Dienste, Elemente, Anwendungen, Desktops
bulk-column-place = Ort im Verzeichnis (wird nicht gelesen)
bulk-column-ignored = Nicht lesen
bulk-column-link = Link per E-Mail

# Was über eine Datei herausgefunden wurde.
bulk-file = Die Datei
bulk-file-format = Format
bulk-file-sheet = Blatt
bulk-file-encoding = Zeichen
bulk-file-separator = Zwischen Zellen
bulk-file-tab = Tabulator
bulk-file-rows = Zeilen
bulk-file-skipped = Zeilen über niemanden
bulk-file-profile = Kommt aus
bulk-profile-own = Diesem Portal
bulk-profile-cpsm = Atria oder CPSM
bulk-profile-microsoft365 = Microsoft 365
bulk-profile-entra = Entra ID
bulk-profile-ad_manager = ADManager Plus oder einem Verzeichnis
bulk-profile-lam = LDAP Account Manager
bulk-profile-fusion_directory = Einer Datei ohne Überschriften
bulk-profile-ucs = UCS@school
bulk-profile-cipp = CIPP
bulk-profile-other = Einer Tabelle
bulk-note-no_headings = Die Datei hat keine Überschriften; jemand muss sagen, was ihre Spalten bedeuten.
bulk-note-by_position = Die Überschriften sind in einer anderen Sprache; die Spalten wurden nach ihrer Reihenfolge genommen.
bulk-note-version_line = Die Zeile mit der Version der Vorlage wird ausgelassen.
bulk-note-example_row = Die Zeile mit dem Beispiel wird ausgelassen.
bulk-note-comment = Zeilen, die mit # beginnen, werden ausgelassen.
bulk-note-password_unread = Kennwörter werden nicht gelesen. Personen wählen ihres über einen Link.
bulk-note-place_unread = Wo Konten im Verzeichnis liegen, wird hier entschieden und nicht gelesen.
bulk-note-unsure = Was dies bedeutet, ist nicht sicher; es wird nicht gelesen, bis jemand es sagt.
bulk-note-unknown_column = Niemand weiß, was dies bedeutet; es wird nicht gelesen.
bulk-note-unknown_field = Ein eigenes Feld mit diesem Schlüssel gibt es hier nicht; es wird nicht gelesen.
bulk-note-no_names = Keine Spalte enthält Namen; nur vorhandene Personen können geändert werden.
bulk-note-blank_empties = Was in dieser Datei leer ist, wird geleert.
bulk-passwords-sealed = { $n ->
    [one] Das Kennwort von 1 neuen Person ist als erstes des Kontos versiegelt, für { $hours } Stunden, und wird niemandem gezeigt. Es muss bei der ersten Anmeldung geändert werden, wenn die Datei nichts anderes sagt, und öffnet kein Portal: Dafür gibt es den Link.
   *[other] Die Kennwörter von { $n } neuen Personen sind als erste ihrer Konten versiegelt, für { $hours } Stunden, und werden niemandem gezeigt. Sie müssen bei der ersten Anmeldung geändert werden, wenn die Datei nichts anderes sagt, und öffnen kein Portal: Dafür gibt es die Links.
}
bulk-passwords-known = { $n ->
    [one] 1 Zeile enthält ein Kennwort. Es wird nicht aufbewahrt, weil die Zeile keine neue Person anlegt.
   *[other] { $n } Zeilen enthalten ein Kennwort. Sie werden nicht aufbewahrt, weil die Zeilen keine neuen Personen anlegen.
}
bulk-passwords = { $n ->
    [one] 1 Zeile enthält ein Kennwort. Es wird weder gelesen noch aufbewahrt; die Einstellungen können es erlauben.
   *[other] { $n } Zeilen enthalten ein Kennwort. Sie werden weder gelesen noch aufbewahrt; die Einstellungen können es erlauben.
}

# Was aus Zeilen wird.
bulk-act-unread = Nicht angesehen
bulk-act-create = Neu
bulk-act-update = Wird geändert
bulk-act-remove = Wird entfernt
bulk-act-restore = Wird wiederhergestellt
bulk-act-move = Zieht um
bulk-act-nothing = Bleibt, wie es ist
bulk-act-left = Ausgelassen
bulk-act-conflict = Widerspruch
bulk-act-error = Falsch
bulk-did-create = Angelegt
bulk-did-update = Geändert
bulk-did-remove = Entfernt
bulk-did-restore = Wiederhergestellt
bulk-did-move = Umgezogen
bulk-row-planned = Steht noch aus
bulk-row-done = Erledigt
bulk-row-failed = Fehlgeschlagen
bulk-row-left = Nicht erledigt
bulk-row-line = Zeile { $n }
bulk-row-number = Zeile
bulk-row-act = Was daraus wird
bulk-row-person = Id der Person
bulk-row-wrong = Was falsch ist
bulk-row-duplicate = Zeile { $row } sagt dasselbe. Zwei Personen können es nicht haben, und niemand steht zweimal in einer Datei: Korrigieren Sie eine der Zeilen.
bulk-row-several = { $people } Personen hier haben das. Korrigieren Sie es bei allen außer einer, oder wählen Sie eine andere Spalte, an der Personen erkannt werden.
bulk-row-cycle = Diese Personen sind im Kreis Vorgesetzte voneinander; die nächste steht in Zeile { $row }. Korrigieren Sie einen der Vorgesetzten.
bulk-rows = Zeile für Zeile
bulk-which = Welche Zeilen
bulk-mend = Korrigieren
bulk-mend-cell = { $column } in Zeile { $row }
done-bulk-mended = Korrigiert. Neu gezeigt wird, was geschehen würde.

# Bevor es beginnt.
bulk-state-mapping = Spalten offen
bulk-state-previewed = Vorschau
bulk-state-running = Läuft
bulk-state-paused = Wartet
bulk-state-done = Erledigt
bulk-state-cancelled = Abgebrochen
bulk-kind-import = Datei
bulk-kind-act = Aktion auf einer Liste
bulk-kind-undo = Zurücknahme
bulk-undo-of = Zurücknehmen: { $name }
bulk-given = Bekommen ihn
bulk-taken = Verlieren ihn
bulk-price-more = Zu heutigen Preisen sind das { $price } mehr im Monat.
bulk-price-less = Zu heutigen Preisen sind das { $price } weniger im Monat.
bulk-price-same = Der Preis im Monat bleibt gleich.
bulk-groups-made = { $more ->
        [0] Neue Gruppen ({ $count }): { $names }.
       *[other] Neue Gruppen ({ $count }): { $names } und { $more } weitere.
    }
bulk-unpriced = Einige dieser Pläne haben hier keinen Preis.
bulk-roles = Rolle { $role }: { $given } bekommen sie, { $taken } verlieren sie.
bulk-time = Das Verzeichnis braucht dafür etwa { $time }.
bulk-quota-over = { $what }: { $used } von { $most } sind verbraucht, und { $change } mehr werden verlangt: { $over } zu viel. Dort würde es warten, bis das Kontingent erhöht ist.
bulk-wrong = { $n ->
    [one] 1 Zeile wird nicht ausgeführt; unten steht, warum.
   *[other] { $n } Zeilen werden nicht ausgeführt; unten steht bei jeder, warum.
}
bulk-wrong-file = Diese Zeilen als Datei speichern
bulk-wrong-name = zu-korrigieren
bulk-nothing = Nichts würde sich ändern: Alles ist, wie es dort steht, oder kann nicht ausgeführt werden.
bulk-run = { $n ->
    [one] Beginnen: 1 Person
   *[other] Beginnen: { $n } Personen
}
bulk-names-asked = Das Verzeichnis wird gefragt, ob es diese Namen schon hat. Sie können inzwischen beginnen: Was es hat, wird gesagt, wenn die Zeile ausgeführt wird.
bulk-names-answered = Das Verzeichnis wurde nach allen Namen gefragt: { $when }.
bulk-names-late = Das Verzeichnis hat noch nicht zu allen Namen geantwortet. Sie wurden mit dem verglichen, was von ihm bekannt ist; ob es einen davon hat, wird gesagt, wenn die Zeile ausgeführt wird.
bulk-names-look = Die Vorschau hat sich geändert. So zeigen, wie sie jetzt ist
bulk-run-hint = Es wird ausgeführt, wie es hier gezeigt ist, Teil für Teil. Sie können es warten lassen, abbrechen und danach zurücknehmen.
bulk-remap = Spalten und Optionen
bulk-discard = Verwerfen
bulk-stale = Es wurde inzwischen neu gezeigt, daher wurde nichts begonnen. Sehen Sie es sich noch einmal an: So ist es jetzt.
bulk-not-undoable = Es enthält nichts, was zurückgenommen werden könnte, oder es wurde schon zurückgenommen.
done-bulk-run = Es hat begonnen.
done-bulk-pause = Es wartet. Was erledigt ist, bleibt erledigt.
done-bulk-resume = Es geht weiter, in Ihrem Namen.
done-bulk-cancel = Abgebrochen. Was erledigt ist, bleibt.

# Während es läuft.
bulk-progress = { $done } von { $total } erledigt
bulk-progress-failed = { $done } von { $total } erledigt, { $failed } fehlgeschlagen
bulk-pace = { $rate }, noch { $time }
bulk-pause = Warten lassen
bulk-pause-hint = Wartet es, bleibt es, wo es ist, und wer es darf, kann damit fortfahren.
bulk-resume = Fortfahren
bulk-resume-hint = Es geht dort weiter, wo es ist, in Ihrem Namen.
bulk-cancel = Den Rest abbrechen
bulk-cancel-hint = Wird es abgebrochen, bleibt, was erledigt ist, und der Rest wird nie ausgeführt.
bulk-why-orphan = Wer es begonnen hat, darf das nicht mehr oder ist nicht mehr da. Jemand, der es darf, muss damit fortfahren.
bulk-why-somebody = Jemand lässt es warten.
bulk-see-result = Sehen, was daraus wurde

# Danach.
bulk-result = Was getan wurde
bulk-did-nothing = Es wurde nichts getan.
bulk-failed = { $n ->
    [one] 1 Zeile ließ sich nicht ausführen; unten steht, warum.
   *[other] { $n } Zeilen ließen sich nicht ausführen; unten steht jeweils, warum.
}
bulk-made = { $n ->
    [one] 1 Person wurde angelegt.
   *[other] { $n } Personen wurden angelegt.
}
bulk-changed = { $n ->
    [one] 1 Person wurde geändert.
   *[other] { $n } Personen wurden geändert.
}
bulk-removed = { $n ->
    [one] 1 Person wurde entfernt und kann eine Zeit lang wiederhergestellt werden.
   *[other] { $n } Personen wurden entfernt und können eine Zeit lang wiederhergestellt werden.
}
bulk-restored = { $n ->
    [one] 1 entfernte Person ist wieder da.
   *[other] { $n } entfernte Personen sind wieder da.
}
bulk-moved = { $n ->
    [one] 1 Person ist zu einem anderen Kunden umgezogen.
   *[other] { $n } Personen sind zu einem anderen Kunden umgezogen.
}
bulk-request = Wie weit das Verzeichnis ist
bulk-link = Link
bulk-links = Links der neuen Personen abholen
bulk-links-hint = Eine Datei mit einem Link für alle, die noch kein Kennwort gewählt haben. Sie können einmal abgeholt werden: Bewahren Sie die Datei sicher auf, und geben Sie jeden Link nur der Person, für die er ist.
bulk-links-fetched = Die Links der neuen Personen wurden am { $when } abgeholt.
bulk-undo = Zurücknehmen …
bulk-undo-hint = Wer dadurch angelegt wurde, wird entfernt; was geändert wurde, geht zurück, außer jemand hat es seither geändert; wer entfernt wurde, ist wieder da, und wer umgezogen ist, kommt zurück. Zuerst sehen Sie, was das bedeutet.
bulk-undoes = Was hiermit zurückgenommen wird
bulk-undone-by = Dies wurde zurückgenommen.

# Etwas, das mit vielen Personen einer Liste geschieht.
bulk-many = Etwas mit vielen Personen tun …
bulk-deed-enable = Anmelden erlauben
bulk-deed-disable = Anmelden nicht erlauben
bulk-deed-give_plan = Einen Plan geben
bulk-deed-take_plan = Einen Plan wegnehmen
bulk-deed-give_bundle = Ein Paket geben
bulk-deed-take_bundle = Ein Paket wegnehmen
bulk-deed-enter = In eine Gruppe aufnehmen
bulk-deed-leave = Aus einer Gruppe nehmen
bulk-deed-suffix = Die Domäne der Benutzernamen ändern
bulk-deed-set = Einen Wert setzen
bulk-deed-send_link = Einen Link per E-Mail senden
bulk-deed-move = Zu einem anderen Kunden umziehen
bulk-deed-remove = Entfernen
bulk-deed-with = { $deed }: { $what }
bulk-field = Feld
bulk-value = Wert
bulk-value-empty = leer lassen, um es zu leeren
bulk-look-chosen = Für die gewählten …
bulk-look-all = Für alle passenden, auf allen Seiten …
bulk-nobody = Niemand ist gewählt. Wählen Sie Personen in der Liste, oder nehmen Sie alle passenden.
list-export-xlsx = Als Datei speichern (XLSX)
people-export-edit = Zum Bearbeiten und Wiederimportieren (CSV)
people-export-edit-xlsx = Zum Bearbeiten und Wiederimportieren (XLSX)

# The same for people of several customers.
bulk-column-customer = Kunde
series-title = Personen aller Kunden …
series-below = Etwas geschieht mit Personen aller Kunden von { $name }: Zuerst sehen Sie für jeden Kunden, was das bedeutet.
series-whom = Mit wem
series-look = Ansehen, was das bedeutet …
series-nobody = Darauf passt dort niemand.
series-part = Teil von etwas, das für mehrere Kunden verlangt wurde
series-customers = Kunden
series-people = Personen
series-wrong = Nicht möglich
series-price = Im Monat
series-each = Kunde für Kunde
field-q = Name oder Login beginnt mit
field-standing = Anmeldung
bulk-mappings-kept = Aufbewahrte Zuordnungen
bulk-mappings-kept-hint = Wie die Spalten einer Datei gelesen werden, von diesem Kunden unter einem Namen aufbewahrt. Was damit importiert wurde, bleibt.
bulk-mapping-forget = Vergessen
bulk-mapping-forget-of = { $name } vergessen
done-mapping-forgotten = Vergessen.

# How far the directory is with what was done.
bulk-state-recorded = Das Verzeichnis folgt
bulk-state-problems = Erledigt, mit Problemen
bulk-row-directory = Im Verzeichnis
bulk-directory = Im Verzeichnis erledigt und zurückgelesen: { $done } von { $total } Schritten.
bulk-directory-done = { $done ->
    [one] Das Verzeichnis hat es: Ein Schritt ist erledigt und zurückgelesen.
   *[other] Das Verzeichnis hat es: { $done } Schritte sind erledigt und zurückgelesen.
}
bulk-directory-failed = { $failed ->
    [one] Im Verzeichnis erledigt und zurückgelesen: { $done } von { $total } Schritten; einer erfordert ein Eingreifen.
   *[other] Im Verzeichnis erledigt und zurückgelesen: { $done } von { $total } Schritten; { $failed } erfordern ein Eingreifen.
}
bulk-key-usual = Das Beste, was die Datei hat
field-known_by = Personen werden erkannt an
