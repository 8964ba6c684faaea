# Directories, what somebody changed in them, and taking over what is there.

# How directories are.
nav-directories = Directories
directories-title = Directories
directories-findings = Changed by somebody else and not decided about: { $n }.
directory-health = How it is
directory-unasked = No controller was asked yet.
directory-dedicated = It is for { $name } alone.
directory-for-somebody = somebody you do not see
directory-findings = Not decided about: { $n }.
directory-enforced = Put right at once, without asking:
directory-policy = What is put right by itself
directory-scan = Look at everything now
directory-scan-hint = A worker reads all objects of ours within seconds. It only reads; what it finds stands here.
done-scan = It is looked at within seconds.
directory-mode = What may be done in it
mode-on = On
mode-off = Off
mode-maintenance-begin = Nothing is sent to the directory any more. Orders and changes are accepted and wait; nobody loses anything. What is on its way ends.
mode-maintenance-end = Objects that wait now: { $n }. They go on by themselves when this ends.
mode-maintenance-start = Begin maintenance
mode-maintenance-stop = End maintenance
mode-read-only-begin = The directory is observed and never changed. Changes of its customers are accepted and wait; new orders into it are refused.
mode-read-only-end = When this ends, what waits goes on by itself and customers can be ordered into it again.
mode-read-only-start = Make it read-only
mode-read-only-stop = Allow changes again
done-mode = It holds from now on.
policy-title = What is put right by itself
policy-hint = What is ticked is made as it is wanted as soon as a scan finds it changed. Everything else waits for a person. Somebody who disabled an account in the directory may have had a reason that cannot wait, so think before you tick it.
policy-legend = Put right at once
policy-changed = (decided here)
policy-enforce-all = Put everything right
policy-report-all = Only report everything

# What somebody changed.
drift-title = Changes in directories
drift-hint = What somebody changed in a directory with other tools. Nothing is overwritten without you, except what keeps customers apart.
drift-which = Which changes
drift-none = Nothing is open: directories are as they should be.
drift-look = Look at them
drift-findings = Findings
drift-tenants = Customers and sellers
drift-revert-all = { $n ->
    [one] Put the only one right …
   *[other] Put all { $n } right …
}
drift-revert-do = Put { $n } right
drift-revert-hint = Every object is made as it is wanted, as a whole, with one request for each customer.
drift-revert-lost = What somebody else set there is overwritten. Deleted accounts are made anew, with another security id and a password nobody knows.
drift-revert-more = Of one customer at most 5,000 are put right at once; repeat it for the rest.
done-drift-revert = It is being put right; here you see when it was read back.
done-drift-adopt = What was found is wanted from now on.
finding-changed = Changed value
finding-missing = Deleted
finding-moved = Moved elsewhere
finding-marker_lost = Lost its marker
finding-foreign = Not ours
finding-member_added = Put into the group
finding-member_removed = Taken out of the group
finding-is-open = Open
finding-is-reverted = Put right
finding-is-adopted = Accepted
finding-is-gone = Went by itself
finding-is-enforced = Put right by itself
finding-kind = What happened
finding-any-kind = Anything
finding-any-directory = Any directory
finding-object = Object
finding-wanted = As it is wanted
finding-found = As it was found
finding-nothing = nothing
finding-tenant = Customer
finding-directory = Directory
finding-directory-code = Code of a directory
finding-first = Found
finding-last = Seen last
finding-changed-at = Changed, as the directory says
finding-resolved = Decided
finding-person = The person
finding-request = The request that carries it out
finding-decide = What is to be done about it
finding-foreign-hint = Somebody else made this object. It is neither changed nor removed from here: whoever made it has to move or remove it in the directory, or you take over what lies there by an adoption.
finding-enforced-hint = It is being put right by itself.
revert-title = Put it right
revert-hint = What is wanted is written to the directory again and read back. All other changes of the same object are put right with it.
revert-hint-missing = The object is made anew, with its groups. An account gets another security id and a password nobody knows: send the person a one-time link afterwards.
revert-hint-member-added = It is taken out of the group again. Whatever the group gave stops working for it.
revert-hint-member-removed = It is put into the group again.
adopt-found-title = Accept what was found
adopt-hint-value = The value becomes what is wanted, by the same rules as if somebody had typed it here. The directory is not changed.
adopt-hint-member = The membership becomes what is wanted. The directory is not changed.
leave-title = Leave it as it is
leave-hint = It stays open here, and any other work on the object puts it right as a whole.
subject-name = Name in its container
subject-manager = Manager
subject-owner = Owner of a group
subject-description = Description
subject-group_kind = Kind of a group
subject-enabled = Whether the account may log on
subject-readers = Who may read a container
subject-custom = Custom field { $field }
subject-initials = Initials
subject-home_phone = Telephone at home
subject-fax = Fax
subject-pager = Pager
subject-ip_phone = IP telephone
subject-company = Company
subject-employee_type = Kind of employment
subject-po_box = Post box
subject-region = Region
subject-web_page = Web page
subject-notes = Notes
subject-logon_script = Log-on script
subject-home_folder = Home folder
subject-home_drive = Drive of the home folder
subject-missing = Deleted objects
subject-moved = Moved objects
subject-marker = The marker of this product
subject-member_added = Somebody put into a group
subject-member_removed = Somebody taken out of a group

# Taking over what is there.
adopt-title = What is not ours yet
adopt-hint = A survey looks at everything in the folder that was given to the product. From what it saw a container becomes a new customer, or part of one that exists. Only the last step changes anything.
surveys-title = Surveys
surveys-hint = A survey only reads. It is forgotten after three days, because what is taken over should be what is there.
surveys-none = There is no survey. Ask for one above.
survey-ask = Survey now
survey-ask-hint = Without a container everything in the folder is looked at.
survey-title = Survey
survey-everything = Everything in the folder
survey-seen = objects seen: { $n }
survey-until = kept until { $when }
survey-going = It is on its way. This page looks again by itself every two seconds.
survey-requested = Waiting
survey-running = Running
survey-done = Complete
survey-failed = Failed
survey-containers = Containers
survey-no-containers = It saw no container.
survey-ours = Ours
survey-adopt = Take over …
survey-adopt-of = Take over { $name } …
field-base = Only this container (distinguished name)
adoption-new = Take over a container
adoption-new-hint = People in it: { $people }. Nobody gets a new account, password or name. First you see what would become of everything.
adoption-as-new = As a new customer
adoption-as-into = Or into a customer that exists
adoption-into-hint = When one is named here, what stands above does not count. Its people and groups that have nothing in the directory find what is theirs by these rules.
adoption-both = In both cases
adoption-groups-as-plans = Groups that stand for plans
adoption-groups-hint = Who is in the group has the plan, and it is billed from the moment it was read back.
adoption-more-groups = Only the first 100 groups stand here; say more of them with the command line.
adopt-as-no-plan = No plan
adoption-preview = Show what would become of it
adoption-preview-hint = Nothing is changed by it.
field-container = Container
field-customer-seller = Seller (short name), if not the directory's operator
field-into = Customer that exists (short name)
field-wins = Whose values hold
field-rules = Found by, all when none is ticked
field-suffixes = Domains of logins, those found when empty
field-customer = Customer
wins-directory = What the directory shows
wins-portal = What the portal knows
match-marker = marker of this product
match-principal_name = login
match-employee_id = employee number
match-external_id = key in an export
match-mail = mail address
match-logon_name = log-on name
match-name = name of a group
adoptions-title = Adoptions
adoptions-none = Nothing was taken over yet. It begins with a survey of a directory.
adoption-customer = Customer
adoption-when = Previewed
adoption-is-previewed = Preview
adoption-is-run = Taken over
adoption-is-released = Given back
adoption-people = People
adoption-group-count = Groups
adoption-containers = Containers
adoption-plans = Plans given
adoption-linked = Found
adoption-conflicts = { $n ->
    [one] 1 object cannot be taken over as it is. It is shown below with what to do.
   *[other] { $n } objects cannot be taken over as they are. They are shown below with what to do.
}
adoption-left = { $n ->
    [one] 1 object was left as it was. It is shown below.
   *[other] { $n } objects were left as they were. They are shown below.
}
adoption-leave = Leave what cannot be taken over; it stays in a container that is closed to it
adoption-run = Take it over
adoption-run-hint = Done as it is shown, or not at all. It can be given back as long as nothing of it changed.
adoption-stale = The survey is forgotten, so this can only be looked at. Survey again to take it over.
adoption-objects = What becomes of each object
adoption-which = Which objects
adoption-found-by = found by: { $rule }
adoption-value = Value
adoption-there = In the directory
adoption-here = In the portal
done-adoption = It is being taken over; here you see how far it is.
fate-create = Taken over
fate-match = Found its owner
fate-conflict = Cannot be taken over
fate-skip = Stays as it is

# Giving back.
release-title = Give it back
release-what = Give { $name } back to the directory …
release-changed = It cannot be given back as a whole any more: something of it changed since.
release-users = { $n ->
    [one] 1 person ends here; the account stays as it is.
   *[other] { $n } people end here; their accounts stay as they are.
}
release-groups = { $n ->
    [one] 1 group loses our marker only.
   *[other] { $n } groups lose our marker only.
}
release-containers = { $n ->
    [one] 1 container loses our marker only.
   *[other] { $n } containers lose our marker only.
}
release-removed = { $n ->
    [one] 1 group that was made is removed.
   *[other] { $n } groups that were made are removed.
}
release-plans = { $n ->
    [one] 1 plan ends today.
   *[other] { $n } plans end today.
}
release-kept = { $n ->
    [one] 1 person or group that was the customer's before keeps what it was given.
   *[other] { $n } people and groups that were the customer's before keep what they were given.
}
release-closed = Containers stay closed to others.
release-hint = It cannot be undone, only taken over again.
release-one-person = The person ends here: nobody signs in as it any more, and its names are free at once. The account stays in the directory as it is, with its password, without our marker.
release-one-group = The group stays in the directory as it is, with its members, without our marker.
release-one-plans = Plans that end today: { $plans }.
release-one-left = Groups it leaves: { $groups }.
release-one-kept = Groups it stays in: { $groups }.
release-link = Give it back to the directory
done-release = It is being given back.
