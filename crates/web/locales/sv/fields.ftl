# Egna fält för personer.
custom-yes = Ja
custom-no = Nej
custom-none = (inget)
custom-choose = Välj
custom-pattern = På formen { $pattern }.
custom-chars = { $min } till { $max } tecken.
custom-chars-most =
    { $max ->
        [one] Ett tecken.
       *[other] Högst { $max } tecken.
    }
custom-number = Ett tal, som 12.5.
custom-between = Från { $min } till { $max }.
custom-least = Från och med { $min }.
custom-most = Till och med { $max }.
field-external_id = Nyckel i den nya kundens eget system
