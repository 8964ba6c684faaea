# Eigene Felder von Personen.
custom-yes = Ja
custom-no = Nein
custom-none = (keine Angabe)
custom-choose = Bitte wählen
custom-pattern = In der Form { $pattern }.
custom-chars = { $min } bis { $max } Zeichen.
custom-chars-most =
    { $max ->
        [one] Ein Zeichen.
       *[other] Höchstens { $max } Zeichen.
    }
custom-number = Eine Zahl, etwa 12.5.
custom-between = Von { $min } bis { $max }.
custom-least = Ab { $min }.
custom-most = Bis { $max }.
custom-any = { $field }: beliebig
custom-whole = { $field }: der ganze Wert
field-fields_emptied = Werte, nach denen nicht mehr gefragt wird – angekreuzte werden entfernt
field-external_id = Schlüssel im eigenen System des neuen Kunden

# Sie festlegen.
custom-tab = Eigene Felder
custom-of = Eigene Felder von
custom-lead = Was bei Personen erfragt wird, außer dem, was das Produkt selbst kennt. Es gilt hier und für alle darunter.
custom-empty = Bisher wird nichts erfragt.
custom-column-person = Für die Person
custom-column-attribute = Im Verzeichnis
custom-column-origin = Festgelegt
custom-needed = Pflicht
custom-retired = Stillgelegt
custom-new = Neues Feld
custom-define = Festlegen
custom-define-hint = Schlüssel, Art und Attribut ändern sich nie.
custom-change-hint = Werte, die Personen haben, bleiben, wie sie sind, bis sie geändert werden.
custom-rules = Was ein Wert erfüllen muss
custom-retire = Stilllegen
custom-restore = Wieder erfragen
custom-retire-hint = Was stillgelegt ist, wird nicht mehr erfragt. Werte bleiben und werden angezeigt.
custom-nowhere = Nirgends
custom-flag-required = Personen brauchen einen Wert
custom-flag-copied = Geht an alle, die wie jemand anderes angelegt werden
custom-kind-text = Text
custom-kind-number = Zahl
custom-kind-date = Tag
custom-kind-choice = Auswahl
custom-kind-yes_no = Ja oder nein
custom-person-hidden = Verborgen
custom-person-sees = Sieht es
custom-person-edits = Ändert es
field-custom-label = Name
field-custom-key = Schlüssel, für Dateien und Programme
field-custom-kind = Art
field-custom-attribute = Attribut des Verzeichnisses, das es zeigt
field-custom-person = Was Personen mit dem eigenen Wert tun
field-custom-flags = Weiteres
field-custom-rules-min_chars = Text: Zeichen mindestens
field-custom-rules-max_chars = Text: Zeichen höchstens
field-custom-rules-pattern = Text: regulärer Ausdruck für den ganzen Wert
field-custom-rules-min = Zahl oder Tag: kleinster Wert
field-custom-rules-max = Zahl oder Tag: größter Wert
field-custom-rules-choices = Auswahl: ein Wert je Zeile
