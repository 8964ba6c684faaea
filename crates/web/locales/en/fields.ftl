# Custom fields of people.
custom-yes = Yes
custom-no = No
custom-none = (none)
custom-choose = Choose
custom-pattern = In the form { $pattern }.
custom-chars = { $min } to { $max } characters.
custom-chars-most =
    { $max ->
        [one] One character.
       *[other] At most { $max } characters.
    }
custom-number = A number, as 12.5.
custom-between = From { $min } to { $max }.
custom-least = From { $min } on.
custom-most = Up to { $max }.
field-external_id = Key in the new customer's own system
