# Many people at once: files, acts on lists, and the way back.

bulk-list = Bulk changes
bulk-list-hint = Files that were imported, what was done to many people at once, and what was taken back. They are remembered for 90 days.
bulk-list-none = Nothing was changed in bulk yet. Import a file, or choose people in the list and say what is to be done with them.
bulk-import = Import
bulk-import-hint = People of { $customer } from a spreadsheet or from another system. First you see what would come of it; nothing happens before you begin it.
bulk-file-most = CSV, XLSX, XLS or ODS with one row of headings, at most { $mb } MB and { $rows } people. Passwords in it are neither read nor kept.
bulk-recognise = Recognise the columns
bulk-look = Show what would come of it
bulk-look-hint = Nothing is changed by it.
bulk-option-create = Make new people
bulk-option-create-hint = Whoever is in the file and not here gets an account.
bulk-option-update = Change people who are here
bulk-option-update-hint = They get what the file says of them.
bulk-option-send_links = Send new people their link by mail
bulk-option-send_links-hint = With it they choose a password. Otherwise you fetch the links afterwards.
bulk-option-make_groups = Make groups that are not here
bulk-option-make_groups-hint = A group the file names and nobody made yet is made. Otherwise such rows are errors.
bulk-option-give_roles = Give the roles the file names
bulk-option-give_roles-hint = Roles are given as the file says, and in a list that was exported here also taken. Otherwise they are left, and the rows say so.
bulk-option-disable = It is a list of leavers
bulk-option-disable-hint = Whoever is in it cannot log on any more; nothing else of the file is read.
bulk-missing-keep = They stay as they are
bulk-missing-disable = They cannot log on any more
bulk-missing-remove = They are removed, and can be restored for a while
bulk-in-row = Row { $row }: { $text }
bulk-in-column = { $column }: { $text }
field-file = File
field-options = What may happen
field-missing = People who are not in the file
field-mapping = How its columns are read
field-dates = Days as 03-04-2026
field-separators = What separates lists
field-keep_as = Keep this for later files, under the name
field-columns = Columns
field-deed = What is to be done

# What columns mean.
bulk-columns = What the columns mean
bulk-columns-hint = Not everything in this file is certain. Say what its columns mean, then you see what would come of it.
bulk-columns-again = Change what the columns mean or what may happen; then you see anew what would come of it.
bulk-heading = Column
bulk-example = Example
bulk-meaning = Meaning
bulk-meaning-of = Meaning of { $column }
bulk-unsure = Not certain
bulk-how = How the file is read
bulk-whole = The file says all there is: what is blank is emptied, and lists are exact
bulk-dates-usual = As usual for this kind of file
bulk-dates-day_first = The day first
bulk-dates-month_first = The month first
bulk-column-twice = { $other } means the same. Choose it for one of them.
bulk-column-user_name = Login or log-on name
bulk-column-mail_nickname = Part of the login before the @
bulk-column-mail_domain = Domain of the login
bulk-column-password = Password
bulk-column-enabled = May log on
bulk-column-disabled = May not log on
bulk-column-control_flags = May log on, as bits (userAccountControl)
bulk-column-must_change_password = Must change the password
bulk-column-country = Country
bulk-column-groups = Groups
bulk-column-bundles = Bundles
bulk-column-bundle = Bundle
bulk-column-roles = Roles
bulk-column-services = Services, items, applications, desktops
bulk-column-place = Place in the directory (not read)
bulk-column-ignored = Do not read
bulk-column-link = Link by mail

# What was found out about a file.
bulk-file = The file
bulk-file-format = Format
bulk-file-sheet = Sheet
bulk-file-encoding = Characters
bulk-file-separator = Between cells
bulk-file-tab = Tab
bulk-file-rows = Rows
bulk-file-skipped = Rows about nobody
bulk-file-profile = Comes from
bulk-profile-own = This portal
bulk-profile-cpsm = Atria or CPSM
bulk-profile-microsoft365 = Microsoft 365
bulk-profile-entra = Entra ID
bulk-profile-ad_manager = ADManager Plus or a directory
bulk-profile-lam = LDAP Account Manager
bulk-profile-fusion_directory = A file without headings
bulk-profile-ucs = UCS@school
bulk-profile-cipp = CIPP
bulk-profile-other = A spreadsheet
bulk-note-no_headings = The file has no headings, so somebody has to say what its columns mean.
bulk-note-by_position = The headings are in another language; the columns were taken by their order.
bulk-note-version_line = The line with the version of the template is left out.
bulk-note-example_row = The row with the example is left out.
bulk-note-comment = Lines that begin with # are left out.
bulk-note-password_unread = Passwords are not read. People choose theirs by a link.
bulk-note-place_unread = Where accounts lie in the directory is decided here and not read.
bulk-note-unsure = What this means is not certain; it is not read until somebody says it.
bulk-note-unknown_column = Nobody knows what this means; it is not read.
bulk-note-unknown_field = There is no custom field of this key here; it is not read.
bulk-note-no_names = No column has names, so only people who are here can be changed.
bulk-note-blank_empties = What is blank in this file is emptied.
bulk-passwords-sealed = { $n ->
    [one] The password of 1 new person is sealed as the first one of the account, for { $hours } hours, and shown to nobody. It has to be changed at the first log-on unless the file says otherwise, and opens no portal: for that there is the link.
   *[other] The passwords of { $n } new people are sealed as the first ones of their accounts, for { $hours } hours, and shown to nobody. They have to be changed at the first log-on unless the file says otherwise, and open no portal: for that there are the links.
}
bulk-passwords-known = { $n ->
    [one] 1 row has a password. It is not kept, because nobody new is made of it.
   *[other] { $n } rows have a password. They are not kept, because nobody new is made of them.
}
bulk-passwords = { $n ->
    [one] 1 row has a password. It is not read and not kept; settings can allow it.
   *[other] { $n } rows have a password. They are not read and not kept; settings can allow it.
}

# What becomes of rows.
bulk-act-unread = Not looked at
bulk-act-create = New
bulk-act-update = Changes
bulk-act-remove = Removed
bulk-act-restore = Restored
bulk-act-move = Moves
bulk-act-nothing = As it is
bulk-act-left = Left out
bulk-act-conflict = Contradicts
bulk-act-error = Wrong
bulk-did-create = Made
bulk-did-update = Changed
bulk-did-remove = Removed
bulk-did-restore = Restored
bulk-did-move = Moved
bulk-row-planned = Still to do
bulk-row-done = Done
bulk-row-failed = Failed
bulk-row-left = Not done
bulk-row-line = Row { $n }
bulk-row-number = Row
bulk-row-act = What becomes of it
bulk-row-person = Id of the person
bulk-row-wrong = What is wrong
bulk-row-duplicate = Row { $row } says the same. Two people cannot have it, and nobody stands in a file twice: correct one of the rows.
bulk-row-several = { $people } people here have this. Correct it with all but one of them, or choose another column by which people are known.
bulk-row-cycle = These people manage each other in a circle; the next is in row { $row }. Correct one of the managers.
bulk-rows = Row by row
bulk-which = Which rows
bulk-mend = Correct
bulk-mend-cell = { $column } in row { $row }
done-bulk-mended = Corrected. What would come of it is shown anew.

# Before it is begun.
bulk-state-mapping = Columns to be said
bulk-state-previewed = Preview
bulk-state-running = Running
bulk-state-paused = Waits
bulk-state-done = Done
bulk-state-cancelled = Cancelled
bulk-kind-import = File
bulk-kind-act = Act on a list
bulk-kind-undo = Taken back
bulk-undo-of = Take back: { $name }
bulk-given = Get it
bulk-taken = Lose it
bulk-price-more = At present prices that is { $price } more a month.
bulk-price-less = At present prices that is { $price } less a month.
bulk-price-same = The price of a month stays the same.
bulk-groups-made = { $more ->
        [0] New groups ({ $count }): { $names }.
       *[other] New groups ({ $count }): { $names } and { $more } more.
    }
bulk-unpriced = Some of these plans have no price here.
bulk-roles = Role { $role }: given to { $given }, taken from { $taken }.
bulk-time = The directory takes about { $time } for it.
bulk-quota-over = { $what }: { $used } of { $most } are used, and { $change } more are asked for: { $over } too many. It would wait there until the quota is raised.
bulk-wrong = { $n ->
    [one] 1 row will not be done; below it says why.
   *[other] { $n } rows will not be done; below each says why.
}
bulk-wrong-file = Save these rows as a file
bulk-wrong-name = to-correct
bulk-nothing = Nothing would change: everything is as it says, or cannot be done.
bulk-run = { $n ->
    [one] Begin: 1 person
   *[other] Begin: { $n } people
}
bulk-names-asked = The directory is being asked whether it has these names already. You can begin meanwhile: what it has is told when its row is carried out.
bulk-names-answered = The directory was asked about all names: { $when }.
bulk-names-late = The directory has not answered about all names yet. They were compared with what is known of it; whether it has one is told when its row is carried out.
bulk-names-look = The preview changed. Show it as it is now
bulk-run-hint = It is done as it is shown here, part by part. You can let it wait, cancel it, and take it back afterwards.
bulk-remap = Columns and options
bulk-discard = Discard
bulk-stale = It was shown anew meanwhile, so nothing was begun. Look at it again: this is how it is now.
bulk-not-undoable = There is nothing in it that could be taken back, or it was taken back already.
done-bulk-run = It has begun.
done-bulk-pause = It waits. What is done stays done.
done-bulk-resume = It goes on, in your name.
done-bulk-cancel = Cancelled. What was done stays.

# While it runs.
bulk-progress = { $done } of { $total } done
bulk-progress-failed = { $done } of { $total } done, { $failed } failed
bulk-pace = { $rate }, { $time } left
bulk-pause = Let it wait
bulk-pause-hint = Waiting, it stays as far as it is, and anybody who may can go on with it.
bulk-resume = Go on
bulk-resume-hint = It goes on where it is, in your name.
bulk-cancel = Cancel the rest
bulk-cancel-hint = Cancelled, what was done stays, and the rest never will be done.
bulk-why-orphan = Whoever began it may not do that any more, or is not there any more. Somebody who may has to go on with it.
bulk-why-somebody = Somebody let it wait.
bulk-see-result = See what came of it

# Afterwards.
bulk-result = What was done
bulk-did-nothing = Nothing was done.
bulk-failed = { $n ->
    [one] 1 row could not be done; below it says why.
   *[other] { $n } rows could not be done; below each says why.
}
bulk-made = { $n ->
    [one] 1 person was made.
   *[other] { $n } people were made.
}
bulk-changed = { $n ->
    [one] 1 person was changed.
   *[other] { $n } people were changed.
}
bulk-removed = { $n ->
    [one] 1 person was removed, and can be restored for a while.
   *[other] { $n } people were removed, and can be restored for a while.
}
bulk-restored = { $n ->
    [one] 1 person who was removed is there again.
   *[other] { $n } people who were removed are there again.
}
bulk-moved = { $n ->
    [one] 1 person went to another customer.
   *[other] { $n } people went to another customer.
}
bulk-request = How far the directory is
bulk-link = Link
bulk-links = Fetch the links of new people
bulk-links-hint = A file with a link for everybody who has not chosen a password yet. They can be fetched once: keep the file safe, and give each link to its person alone.
bulk-links-fetched = The links of new people were fetched on { $when }.
bulk-undo = Take it back …
bulk-undo-hint = Whom it made is removed, what it changed goes back unless somebody changed it since, whom it removed is there again, and whom it moved comes back. First you see what that comes to.
bulk-undoes = What this takes back
bulk-undone-by = This was taken back.

# Something done to many people of a list.
bulk-many = Do something with many people …
bulk-deed-enable = Allow to log on
bulk-deed-disable = Do not allow to log on
bulk-deed-give_plan = Give a plan
bulk-deed-take_plan = Take a plan away
bulk-deed-give_bundle = Give a bundle
bulk-deed-take_bundle = Take a bundle away
bulk-deed-enter = Put into a group
bulk-deed-leave = Take out of a group
bulk-deed-suffix = Change the domain of logins
bulk-deed-set = Set a value
bulk-deed-send_link = Send a link by mail
bulk-deed-move = Move to another customer
bulk-deed-remove = Remove
bulk-deed-with = { $deed }: { $what }
bulk-field = Field
bulk-value = Value
bulk-value-empty = left blank to empty it
bulk-look-chosen = For those chosen …
bulk-look-all = For all that match, on every page …
bulk-nobody = Nobody is chosen. Choose people in the list, or take all that match.
list-export-xlsx = Save as a file (XLSX)
people-export-edit = To edit and import again (CSV)
people-export-edit-xlsx = To edit and import again (XLSX)

# The same for people of several customers.
bulk-column-customer = Customer
series-title = People of all customers …
series-below = Something is done to people of all customers of { $name }: for each customer you first see what that comes to.
series-whom = To whom
series-look = Look at what that comes to …
series-nobody = Nobody there matches that.
series-part = Part of something that was asked for several customers
series-customers = Customers
series-people = People
series-wrong = Not possible
series-price = A month
series-each = Customer by customer
field-q = Name or login begins with
field-standing = May log on
bulk-mappings-kept = Kept readings
bulk-mappings-kept-hint = How the columns of a file are read, kept under a name by this customer. What was imported with one stays when it is forgotten.
bulk-mapping-forget = Forget
bulk-mapping-forget-of = Forget { $name }
done-mapping-forgotten = Forgotten.

# How far the directory is with what was done.
bulk-state-recorded = The directory follows
bulk-state-problems = Done, with problems
bulk-row-directory = In the directory
bulk-directory = In the directory { $done } of { $total } steps are done and read back.
bulk-directory-done = { $done ->
    [one] The directory has it: one step is done and read back.
   *[other] The directory has it: { $done } steps are done and read back.
}
bulk-directory-failed = { $failed ->
    [one] In the directory { $done } of { $total } steps are done and read back; one needs somebody to look at it.
   *[other] In the directory { $done } of { $total } steps are done and read back; { $failed } need somebody to look at them.
}
bulk-key-usual = The best the file has
field-known_by = People are known again by
