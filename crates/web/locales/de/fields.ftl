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
field-external_id = Schlüssel im eigenen System des neuen Kunden
