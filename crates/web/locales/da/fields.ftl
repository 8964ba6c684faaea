# Egne felter for personer.
custom-yes = Ja
custom-no = Nej
custom-none = (ingen)
custom-choose = Vælg
custom-pattern = På formen { $pattern }.
custom-chars = { $min } til { $max } tegn.
custom-chars-most =
    { $max ->
        [one] Ét tegn.
       *[other] Højst { $max } tegn.
    }
custom-number = Et tal, som 12.5.
custom-between = Fra { $min } til { $max }.
custom-least = Fra og med { $min }.
custom-most = Til og med { $max }.
field-external_id = Nøgle i den nye kundes eget system
