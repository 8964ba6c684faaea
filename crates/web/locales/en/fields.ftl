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
custom-any = { $field }: any
custom-whole = { $field }: the whole value
field-fields_emptied = Values of what is asked for no more – ticked ones are removed
field-external_id = Key in the new customer's own system

# Defining them.
custom-tab = Custom fields
custom-of = Custom fields of
custom-lead = What is asked of people besides what the product knows of them itself. It holds here and for everybody below.
custom-empty = Nothing is asked so far.
custom-column-person = For the person
custom-column-attribute = In the directory
custom-column-origin = Defined
custom-needed = Needed
custom-retired = Retired
custom-new = New field
custom-define = Define
custom-define-hint = Key, kind and attribute never change.
custom-change-hint = Values people have stay as they are until they are changed.
custom-rules = What a value has to satisfy
custom-retire = Retire
custom-restore = Ask for it again
custom-retire-hint = What is retired is asked for no more. Values stay and are shown.
custom-nowhere = Nowhere
custom-flag-required = People need a value
custom-flag-copied = Goes to whoever is created like another
custom-kind-text = Text
custom-kind-number = Number
custom-kind-date = Day
custom-kind-choice = Choice
custom-kind-yes_no = Yes or no
custom-person-hidden = Hidden
custom-person-sees = Sees it
custom-person-edits = Changes it
field-custom-label = Name
field-custom-key = Key, for files and programs
field-custom-kind = Kind
field-custom-attribute = Attribute of the directory that shows it
field-custom-person = What people do with their own value
field-custom-flags = More
field-custom-rules-min_chars = Text: characters at least
field-custom-rules-max_chars = Text: characters at most
field-custom-rules-pattern = Text: regular expression for the whole value
field-custom-rules-min = Number or day: the least
field-custom-rules-max = Number or day: the greatest
field-custom-rules-choices = Choice: one value a line
