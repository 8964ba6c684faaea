# Why a call was refused: conflicts by their codes, and rules that a value broke.

conflict-reference_used-title = The reference is used by another order
conflict-reference_used-detail = This seller has an order with this reference and other content. Nothing was changed: give this order a reference of its own, or send the first content again.

conflict-idempotency_key_reused-title = The idempotency key is used by another call
conflict-idempotency_key_reused-detail = A call with this Idempotency-Key was answered before, and it was another call. Nothing was changed: use a new key.

conflict-stale-title = Somebody changed it meanwhile
conflict-stale-detail = The version in If-Match is not the present one. Nothing was changed: read it again and repeat the change.

conflict-directory_dedicated-title = The directory is for somebody else alone
conflict-directory_dedicated-detail = It is dedicated to one tenant, and this customer would not be below it. Nothing was changed: choose another directory.

conflict-directory_not_allowed-title = Customers of this seller cannot live in this directory
conflict-directory_not_allowed-detail = The directory is dedicated to somebody else, or the placement of the seller or of one above it does not name it. Nothing was changed: choose another directory or another seller, or let whoever manages the directories allow it.

conflict-plans_of_seller-title = Plans of the present seller are in use
conflict-plans_of_seller-detail = The new seller cannot sell what only the present one publishes. Nothing was changed: give the people plans both have, or let the provider publish these.

conflict-directory_in_use-title = Customers live in the directory for whom it would not be
conflict-directory_in_use-detail = A directory is dedicated while only those live there whom it is for. Nothing was changed: move the other customers to another directory first.

conflict-directory_move_open-title = The customer is on its way to another directory
conflict-directory_move_open-detail = One move is ended before the next one begins: when the time in which it can be taken back is over, or when it was taken back.

conflict-directory_move_over-title = The move cannot be taken back any more
conflict-directory_move_over-detail = The time for that is over, and the old accounts are being removed. Move the customer back as to any other directory.

conflict-directory_read_only-title = The directory is read-only
conflict-directory_read_only-detail = At present nothing may be changed in the chosen directory, so no customer can be ordered into it. Nothing was changed: choose another directory, or order again when the provider has ended this.

conflict-suspended-title = The tenant is suspended
conflict-suspended-detail = While a tenant or one above it is suspended or closed, nothing of it can be ordered or changed. Resume or restore it first.

conflict-closed-title = The tenant is closed
conflict-closed-detail = A closed tenant, or one below it, cannot be suspended, resumed, moved or closed with another grace. Restore it first.

conflict-closed_above-title = A tenant above is closed
conflict-closed_above-detail = What stands below a closed tenant cannot be restored alone. Restore the tenant above it first.

conflict-grace_over-title = The tenant is gone
conflict-grace_over-detail = The time in which it could be restored is over, and its accounts are being removed. Order it again; its names become free when their reservation ends.

conflict-open_below-title = There are open tenants below
conflict-open_below-detail = A reseller is closed last. Close or move the customers and resellers below it first.

conflict-below_itself-title = A tenant cannot stand below itself
conflict-below_itself-detail = The new seller stands below the tenant that should move. Nothing was changed: choose another seller.

conflict-mail_off-title = This installation sends no mail
conflict-mail_off-detail = What you asked for is told by mail, and no mail server is configured. Ask your administrator for a link, or let whoever runs the installation set up mail.
conflict-other_files-title = Other files are being read
conflict-other_files-detail = A server reads a few files at a time, and as many are being read right now. Nothing of yours was kept: bring it again in a moment.

conflict-link_dead-title = The link no longer works
conflict-link_dead-detail = The link was used, replaced by a newer one, or is too old. Ask your administrator for a new one.

conflict-oneself-title = Nobody disables their own account
conflict-oneself-detail = Ask another administrator to do this.

conflict-in_use-title = People use it
conflict-in_use-detail = It cannot be removed while people use it; the list says how many. Give them another one first.
conflict-service_in_use-title = People have plans of the service
conflict-service_in_use-detail = Nothing was changed. If their plans shall end, say so: with force, or on the page that shows whom it is taken from. Otherwise give them another plan first.

conflict-last_suffix-title = It is the only one
conflict-last_suffix-detail = A customer needs a suffix for the principal names of its people. Add another one first.

conflict-built_in_group-title = The product keeps this group itself
conflict-built_in_group-detail = Who is in it follows from people and their plans, so it cannot be changed by hand.

conflict-not_ours-title = The object is not ours
conflict-not_ours-detail = Somebody else made it, so it is neither changed nor removed. Whoever made it has to move or remove it in the directory.

conflict-not_adoptable-title = What was found cannot be adopted
conflict-not_adoptable-detail = Only values of people can be adopted, and no names that have to be unique in the directory. Revert it, or change the person.

conflict-resolved-title = The finding is not open any more
conflict-resolved-detail = It was reverted or adopted, or went back by itself. Look at it again.

conflict-given_by_bundle-title = A bundle gives this plan
conflict-given_by_bundle-detail = The person has the plan with a bundle. Take the bundle away, or publish a version of it without the plan.

conflict-changed_since-title = Changed meanwhile
conflict-changed_since-detail = Somebody has changed the same since, and that is not undone with it. Undo the later change first, or set the value.

conflict-not_undoable-title = This cannot be undone by itself
conflict-not_undoable-detail = Changes of properties and of versions of plans can be undone. Anything else is changed back where it was changed.

conflict-no_secret-title = The hook has no secret
conflict-no_secret-detail = A command runs on the machine of the worker and is not signed, so there is no secret to rotate.

conflict-survey_not_done-title = The survey is not done
conflict-survey_not_done-detail = Wait until it is, or look why it failed. Then preview the adoption again.

conflict-too_many_surveys-title = There are too many surveys of the directory
conflict-too_many_surveys-detail = Each is forgotten three days after it was asked for. Adopt from one of those there are, or wait.

conflict-preview_stale-title = What would be done today is not what was shown
conflict-preview_stale-detail = Names were taken meanwhile, or objects became ours, or the survey was forgotten. Nothing was changed. Preview the adoption again, from a new survey where that is gone.

conflict-adoption_conflicts-title = Some objects cannot be taken over
conflict-adoption_conflicts-detail = Nothing was changed. Mend what the conflicts name and survey again, or say that they are left as they are.
conflict-bulk_state-title = That cannot be done with it at present
conflict-bulk_state-detail = Look at it again: it was begun, ended or cancelled meanwhile, or it was not begun yet.
conflict-links_fetched-title = The links were fetched already
conflict-links_fetched-detail = Links are secrets and are given once. Whoever has lost one gets another: reset the password of that person, or send links by mail.
conflict-contended-title = Others are changing the same at this moment
conflict-contended-detail = It was tried several times and each time another change came first. Nothing was changed: try again in a moment.

# Rules. The variables are the rule's own arguments.
rule-required = A value is needed.
rule-required-or = A value is needed here or in { $or }.
rule-too_long = At most { $max } characters.
rule-too_short = At least { $min } characters.
rule-forbidden_character = It holds a character that is not allowed here.
rule-forbidden_character-named = The character "{ $character }" is not allowed here.
rule-format = Expected is { $expected }.
rule-format-other = Expected is another form.
rule-and-expected = { $text } Expected is { $expected }.
rule-unknown = This does not exist here.
rule-unknown-value = "{ $value }" does not exist here.
rule-unknown-known = { $text } Known: { $known }.
rule-taken = This is taken already.
rule-taken-value = "{ $value }" is taken already.
rule-too_many = At most { $max } are possible at once.
rule-too_many-other = Fewer are possible at once.
rule-quota-people = people
rule-quota-service = the service { $name }
rule-quota-plan = the plan { $name }
rule-quota = The quota of { $whose } for { $quota } is { $max }; { $used } are used, and { $asked } more were asked for. Who stands above raises it, or something of it is given up first.
rule-of-service = The service { $service } would set "{ $value }". { $rule } Change what the service, its plan or its properties say, and try again.
rule-of-service-person = The service { $service } would set "{ $value }" for { $person }. { $rule } Change what the service, its plan or its properties say, or the person, and try again.
rule-quota-seller = A quota of the seller for { $quota } leaves no room for { $asked } more. Ask the seller.
rule-out_of_range = This is not possible here.
rule-out_of_range-between = Must be between { $min } and { $max }.
rule-out_of_range-min = Must not be before or below { $min }.
rule-out_of_range-max = Must not be above { $max }.
rule-immutable = This cannot be changed after creation.
rule-immutable-present = The export says { $value }, here it is { $present }. Nothing was changed about it; change or move the customer where that is wanted.
rule-too_few_kinds = Use at least { $min } of capital letters, small letters, digits and other characters.
rule-holds_word = It must not hold "{ $value }".
rule-holds_word-name = It must not hold one's own name.
rule-cycle = This would go round in a circle.
rule-cycle-value = "{ $value }" already is below, so this would go round in a circle.
rule-duplicate = This stands here twice.
rule-duplicate-value = "{ $value }" stands here twice.
rule-duplicate-other = Give this or { $other }, not both.

# What an adoption does to a directory.
adoption-marked = { $n ->
    [one] 1 object gets the marker of this product; its other attributes and its password stay.
   *[other] { $n } objects get the marker of this product; their other attributes and passwords stay.
}
adoption-closed = { $n ->
    [one] 1 container can be read by the customer's own people only.
   *[other] { $n } containers can be read by the customer's own people only.
}
adoption-groups = { $n ->
    [one] 1 group is made, and people are put in.
   *[other] { $n } groups are made, and people are put in.
}
adoption-linked-directory = { $n ->
    [one] 1 person or group gets what was found as it is, and the portal learns what it shows.
   *[other] { $n } people and groups get what was found as it is, and the portal learns what it shows.
}
adoption-linked-portal = { $n ->
    [one] 1 person or group gets what was found, which is changed to what the portal knows.
   *[other] { $n } people and groups get what was found, which is changed to what the portal knows.
}

# Why an object is not taken over, and what to do about it.
adopt-already_ours = It is ours already.
adopt-already_ours-cure = Nothing has to be done.
adopt-foreign_marker = It bears the marker of something this product does not know.
adopt-foreign_marker-cure = Clear the attribute of the marker if no other installation uses it, then survey again.
adopt-protected = It is on the list of what is never touched.
adopt-protected-cure = Take it off the list in the settings of the directory if that is right, then survey again.
adopt-container = The container it lies in is not taken over.
adopt-container-cure = Mend what the container's own conflict names, then survey again.
adopt-value-missing = It has no { $field }.
adopt-value-missing-cure = Give it one in the directory, then survey again.
adopt-value = Its { $field } cannot be kept.
adopt-value-cure = Correct the value in the directory, then survey again.
adopt-name_taken = Somebody else has, or had lately, the { $field } "{ $value }".
adopt-name_taken-cure = Give it another in the directory, then survey again.
adopt-duplicate = The { $field } "{ $value }" stands twice in what is taken over, or is one this product uses.
adopt-duplicate-cure = Rename one of them in the directory, then survey again.
adopt-suffix_taken = Another customer has the domain "{ $value }".
adopt-suffix_taken-cure = Give the person a principal name in a domain of this customer, then survey again.
adopt-suffix_left_out = The domain "{ $value }" is not among those the customer gets.
adopt-suffix_left_out-cure = Add the domain to those of the customer and preview again, or leave the person.
adopt-several_candidates = It and what it would belong to do not fit one to one.
adopt-several_candidates-cure = Correct one of them, or choose other rules, then survey and preview again.
adopt-linked_elsewhere = By the chosen rules it would belong to "{ $value }", who has another account.
adopt-linked_elsewhere-cure = Choose rules that do not bring the two together, or correct the value, then preview again.
adopt-other_customer = It is not this customer's to have.
adopt-other_customer-cure = Leave it, or ask whoever runs the directory.
adopt-computer = It is the account of a computer.
adopt-computer-cure = Nothing has to be done.
adopt-service_account = It is the account of a service.
adopt-service_account-cure = Nothing has to be done.
adopt-built_in = The directory cannot do without it.
adopt-built_in-cure = Nothing has to be done.

# Where a rule comes with nothing to say about it.
rule-unspecific = This cannot be accepted.
rule-too_long-other = This is too long.
rule-too_short-other = This is too short.

# What a field takes, by the words of the code.
expected-an-instant-with-its-offset = an instant with its offset, as { $example }
expected-an-instant = an instant, as { $example }
expected-a-day = a day, as { $example }
expected-two-letters = two letters, as { $example }
expected-an-address = an address, as { $example }
expected-name-domain = name@domain, as { $example }
expected-a-time-zone = a time zone, as { $example }
expected-a-language = a language, as { $example }
expected-a-domain-name = a domain name, as { $example }
expected-a-currency = a currency, as { $example }
expected-a-drive = a drive, as { $example }
expected-a-whole-number = a whole number
expected-the-id-or-the-principal-name-of-a-person = the id or the principal name of a person
expected-a-letter-first--then-letters--digits-and-inner-hyphens = a letter first, then letters, digits and inner hyphens
expected-a-provider-or-reseller = a provider or reseller
expected-a-person-or-a-customer = a person or a customer

# Versions of plans.
conflict-older_version-title = Somebody has a newer version of the plan
conflict-older_version-detail = Subscriptions are changed to newer versions only. Nothing was changed: choose a newer version, name with from whom it is about, or undo the request that brought the newer one.

# Fields and settings.
rule-taken-by = "{ $value }" is taken already by { $by }.
rule-administrators_only = Only an administrator changes this.
rule-own_account = This is your own account: somebody else has to do it.
rule-not_asked = Left: roles are given and taken only where that was asked for ({ $value }).
rule-not_held = { $value }: you cannot give or take this, because it allows more than you may yourself.
conflict-currency_billed-title = Something was ordered in the present currency
conflict-currency_billed-detail = What was ordered of a customer is billed in the currency that held then, and prices are of one currency. Nothing was changed: order a new customer in the other currency, or bill and close this one first.
expected-utf-8--utf-16-or-windows-1252 = UTF-8, UTF-16 or Windows-1252
expected-a-csv-file = a CSV file
expected-a-closing-quote-for-every-quote = a closing quote for every quote
expected-a-code-of-the-file-of-customers = a code of the file of customers
expected-a-code-with-which-the-names-of-the-customer-s-groups-are-free = a code with which the names of the customer's groups are free
expected-a-customer-in-the-directory-of-the-survey = a customer in the directory of the survey
expected-a-domain-for-the-customer-s-people = a domain for the customer's people
expected-a-file-in-base64 = a file in base64
expected-a-number = a number, as { $example }
expected-a-row-of-headings = a row of headings
expected-either-url-or-command = either url or command
expected-every---closed-by-a-- = every { "{" } closed by a { "}" }
expected-key-value = key=value, as { $example }
expected-nothing-about-a-new-customer-beside-one-that-exists = nothing about a new customer beside one that exists
expected-yes-or-no = yes or no
expected--code--in-the-name-of-a-group = { "{" }code{ "}" } in the name of a group
expected-one-instance--the-names-of-its-groups-do-not-hold--instance- = one instance: the names of its groups do not hold { "{" }instance{ "}" }
expected-a-container-that-lies-in-none-of-ours--or-in-that-of-the-seller = a container that lies in none of ours, or in that of the seller
expected-a-container-that-lies-in-none-of-ours--in-that-of-the-seller--or-in-that-of-the-customer = a container that lies in none of ours, in that of the seller, or in that of the customer
expected-the--next--of-an-earlier-page-of-this-list = the `next` of an earlier page of this list
expected-nothing--unless-the-hook-is-called-before-a-change = nothing, unless the hook is called before a change
expected-a-small-letter-first--then-small-letters--digits-and-- = a small letter first, then small letters, digits and _
expected-a-value-of-the-form = a value of the form { $example }
expected-a-number-with-at-most-15-digits-before-and-6-after-the-point = a number with at most 15 digits before and 6 after the point
expected-a-regular-expression = a regular expression, as { $example }
expected-https---host-path = https://host/path
expected-https---host-path-without-a-user--a-blank-or-a-fragment = https://host/path without a user, a blank or a fragment
expected-an-address-that-is-not-this-machine-s-or-its-link-s--hooks-allow-addresses-lists-exceptions = an address that is not this machine's or its link's; hooks.allow_addresses lists exceptions
expected-https-----plain-http-only-where-the-configuration-of-the-server-allows-it = https://; plain http only where the configuration of the server allows it
expected-days-and-full-hours = days and full hours, as { $example }
expected-a-principal-name--user-name--mail-address-or-employee-id = a principal name, user name, mail address or employee id
expected-columns-of-the-headings = { $example } columns, as in the headings
expected-at-least-one-of--given----surname----g----s- = at least one of { "{" }given{ "}" }, { "{" }surname{ "}" }, { "{" }g{ "}" }, { "{" }s{ "}" }
expected-a-first-line-for-the-subject--and-a-text-below-it = a first line for the subject, and a text below it
expected-a-subject-without--link- = a subject without { "{" }link{ "}" }
expected-a-text-with--link- = a text with { "{" }link{ "}" }
expected-addresses = addresses, as { $example }
expected-1-to-40-lower-case-letters--digits-and-underscores--a-letter-first = 1 to 40 lower-case letters, digits and underscores, a letter first
expected-1-to-40-lower-case-letters--digits-and-hyphens--a-letter-first = 1 to 40 lower-case letters, digits and hyphens, a letter first
expected-true-or-false = true or false

# Files of people.
rule-mangled = A spreadsheet changed what was typed here. Format the column as text, type the value again, and import the file again.
rule-mangled-number = A spreadsheet took this for a number, so zeros at its beginning may be lost. Look at it, and format the column as text if they are.
rule-mangled-date = A spreadsheet made a date of what was typed here. Format the column as text, type the value again, and import the file again.
rule-mangled-exponent = A spreadsheet made a rounded number of this, so digits of it are lost. Format the column as text, type the value again, and import the file again.
rule-mangled-error = Here stands the error of a formula, and no value. Mend the formula, or replace it by the value.
expected-a-column-with-a-principal-name--log-on-name--external-id-or-employee-id = a column with a principal name, log-on name, external id or employee id
expected-both-columns-of-a-login--that-before-the---and-the-domain = both columns of a login, that before the @ and the domain
