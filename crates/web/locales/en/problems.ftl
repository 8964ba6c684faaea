# What can stand between what is wanted and what is true in a directory: a title, what
# happened, what to do. The ids are the codes of `domain::problem`.

# Quoted value with the blank before it, where there is one.
quoted = {" "}"{ $value }"
at-place = { $text } (at { $dn })

problem-unreachable-title = The directory does not answer
problem-unreachable-what = The directory cannot be reached at the moment; the work waits.
problem-unreachable-cure = Nothing: it goes on by itself as soon as the directory answers. If it stays so, the provider looks whether the controllers run and can be reached over the network.

problem-certificate_expired-title = The directory's certificate has expired
problem-certificate_expired-what = The certificate of the controller is no longer valid, so nothing is sent to it; the work waits.
problem-certificate_expired-cure = The provider puts a new certificate on the controller. The work goes on by itself within a minute.

problem-certificate_not_yet_valid-title = The directory's certificate is not valid yet
problem-certificate_not_yet_valid-what = The certificate of the controller begins to be valid later, by our clock; the work waits.
problem-certificate_not_yet_valid-cure = The provider compares the clocks of the controller and of this product's machine, and sets the wrong one. The work goes on by itself.

problem-certificate_not_trusted-title = The directory's certificate is not trusted
problem-certificate_not_trusted-what = The certificate of the controller was not signed by an authority in our file, or is broken or revoked, so nothing is sent to it; the work waits.
problem-certificate_not_trusted-cure = The provider makes sure that it is the right controller, then puts the authority that signed its certificate into the file named by ca_file. The work goes on by itself within a minute.

problem-certificate_name-title = The directory's certificate bears another name
problem-certificate_name-what = The certificate of the controller is not made out to the name by which it is addressed, so nothing is sent to it; the work waits.
problem-certificate_name-cure = The provider puts a certificate with the name in urls on the controller, and the work goes on by itself; or writes the name of the certificate into urls and restarts the product.

problem-credentials_refused-title = The directory does not let our account in
problem-credentials_refused-what = The account with which this product works may not log on to the directory: { $cause }. The work waits.
problem-credentials_refused-cure = The provider puts the account right in the directory, and a changed password into the file named by bind_password_file. The work goes on by itself within a minute; after a wrong password the same one is tried again after ten minutes.

problem-sign_in_method-title = The directory wants another way to sign in
problem-sign_in_method-what = The directory does not accept a log-on with name and password over TLS, as this product does it; the work waits.
problem-sign_in_method-cure = The provider allows simple binds over LDAPS for the account, as a policy or a gateway forbids them. The work goes on by itself.

problem-folder_missing-title = Our folder is missing in the directory
problem-folder_missing-what = The folder that was given to this product does not exist, or its account may not see it; the work waits.
problem-folder_missing-cure = The provider restores or renames the folder back, or runs the delegation again; then the work goes on by itself.

problem-disk_full-title = The directory cannot store anything
problem-disk_full-what = The controller cannot write to its disk, most often because it is full; the work waits, and nothing was half done.
problem-disk_full-cure = The provider makes space on the controller's disk. The work goes on by itself within a minute or two.

problem-maintenance-title = The directory is in maintenance
problem-maintenance-what = The provider works on the directory; nothing is sent to it, and the work waits.
problem-maintenance-cure = Nothing: it goes on by itself when the maintenance ends.

problem-read_only-title = The directory is read-only
problem-read_only-what = The provider allows no change in the directory at present; what differs waits.
problem-read_only-cure = Nothing: it goes on by itself when the directory may be changed again.

problem-clock_skew-title = A clock differs
problem-clock_skew-what = The clock of a controller differs from ours. Nothing is held back.
problem-clock_skew-cure = The provider synchronises the clocks of the controllers and of this product's machine. From five minutes on people cannot log on with Kerberos.

problem-replicating-title = The controllers of the directory do not agree yet
problem-replicating-what = Another controller of the directory was told of the change, and the one in use does not know of it yet.
problem-replicating-cure = Nothing: it is looked for again by itself. If it stays so, the provider looks at the replication between the controllers.

problem-waiting-title = Something else comes first
problem-waiting-what = Another object has to exist first and does not yet.
problem-waiting-cure = Nothing: it is tried again by itself. If it stays so, look for a failed object of the same customer.

problem-busy-title = The directory is busy
problem-busy-what = The directory gave a passing error.
problem-busy-cure = Nothing: it is tried again by itself. If it failed in the end, the provider looks at the load of the controller, then retries the request.

problem-changed_meanwhile-title = It was changed at the same moment
problem-changed_meanwhile-what = Somebody changed or removed the object in the directory while it was worked on.
problem-changed_meanwhile-cure = Nothing: it is looked at and tried again by itself. If it failed in the end, look who else changes it, then retry the request.

problem-name_taken-title = The name is taken
problem-name_taken-what = Another object of the directory, which is not ours, has the { $attribute }{ $value } already.
problem-name_taken-cure = Give it another name, then retry the request.

problem-invalid_value-title = The directory does not accept a value
problem-invalid_value-what = The directory does not accept the { $attribute }{ $value }.
problem-invalid_value-cure = Change the value, then retry the request.

problem-password_policy-title = The password is too weak for the directory
problem-password_policy-what = The directory's rules for passwords do not accept the password that was chosen.
problem-password_policy-cure = Choose another password: longer, with capital letters, digits and signs, without your name, and none used before. Some directories allow only one change a day.

problem-first_password = The first password of the account is lost with that: the person chooses one by the link, and a retry makes the account without it.
problem-secret_expired-title = The password waited too long
problem-secret_expired-what = The directory was away for so long that the waiting password was destroyed for safety.
problem-secret_expired-cure = Ask for a new link and choose a password again.

problem-insufficient_rights-title = A right is missing in the directory
problem-insufficient_rights-what = The account with which this product works lacks a right in the directory, or the object is protected against it.
problem-insufficient_rights-cure = The provider runs the check of the directory, grants what it names, or takes the protection against deletion off the object, then retries the request.

problem-outside_folder-title = The object lies outside our folder
problem-outside_folder-what = The object is not in the part of the directory that was given to this product.
problem-outside_folder-cure = The provider moves the object back, then retries the request.

problem-protected-title = The object is protected
problem-protected-what = The object is on the list of what this product never touches.
problem-protected-cure = The provider takes it off the list if that is right, then retries the request.

problem-not_empty-title = The container is not empty
problem-not_empty-what = The container holds objects that are not ours and cannot be removed; or it is a group that is somebody's primary group.
problem-not_empty-cure = The provider moves these objects away, or gives these people another primary group, then retries the request.

problem-not_verified-title = The directory does not show what was written
problem-not_verified-what = The directory accepted the change and then showed another { $attribute }.
problem-not_verified-cure = The provider looks for what changes it back, as a script or a replica, then retries the request.

problem-member_missing-title = A member does not exist in the directory
problem-member_missing-what = A person who should be in the group has no account in the directory, or it was removed there.
problem-member_missing-cure = The provider restores the account, or takes the person out of the group, then retries the request.

problem-group_rule-title = The group does not take this member
problem-group_rule-what = The directory's rules do not allow this member in this kind of group: the kinds do not fit, they are of different domains, or one group would contain itself.
problem-group_rule-cure = The provider changes the type of the group or takes the member out, then retries the request.

problem-size_limit-title = A limit of the directory is reached
problem-size_limit-what = The directory allows no more or nothing larger: a limit of values, of an object's size, or of the objects an account may own ({ $attribute }{ $value }).
problem-size_limit-cure = The provider raises the limit or the quota that the directory's words name, then retries the request.

problem-ids_exhausted-title = The directory has no numbers for new accounts
problem-ids_exhausted-what = The controller has used up its numbers for new accounts and gets no new ones, because the controller that hands them out does not answer. It was tried several times.
problem-ids_exhausted-cure = The provider brings the controller with the role of RID master back, or moves that role, then retries the request.

problem-schema-title = The directory's schema does not fit
problem-schema-what = The directory does not know the { $attribute }, or not for this kind of object, or demands one that was not given.
problem-schema-cure = The provider extends the schema, or chooses another attribute in the configuration, then retries the request.

problem-not_supported-title = The directory cannot do this
problem-not_supported-what = The server lacks something this product needs; it may be no Active Directory controller, or a gateway in front of one.
problem-not_supported-cure = The provider lets urls lead straight to a controller of a supported version, then retries the request.

problem-other_server-title = Another server has to do this
problem-other_server-what = The controller refers to another one: it is read-only, or the object belongs to another domain.
problem-other_server-cure = The provider names writable controllers of the right domain in urls, then retries the request.

problem-unwilling-title = The directory's rules do not allow it
problem-unwilling-what = The directory does not allow this change of the { $attribute }{ $value }: it keeps it itself, or a rule of its own forbids it.
problem-unwilling-cure = The provider reads the directory's own words and lifts the rule or the protection they name, then retries the request.

problem-target_error-title = The directory reports an error inside itself
problem-target_error-what = The controller could not carry out the change because of an error of its own. It was tried several times.
problem-target_error-cure = The provider looks into the event log of the controller at that time and repairs what it names, then retries the request.

problem-other_version-title = It was written by another version of this product
problem-other_version-what = What is wanted was stored by a newer version of this product, which the one at work cannot read.
problem-other_version-cure = The provider brings all processes of the product to the same version, then retries the request.

problem-gone-title = It is not there any more
problem-gone-what = What was to be taken over, or looked at, is not in the directory any more.
problem-gone-cure = The provider looks where it went and puts it back, then retries the request; or surveys the directory again.

problem-refused-title = The directory refused
problem-refused-what = The directory refused the change for a reason of its own.
problem-refused-cure = The provider reads the directory's own words, changes what they name, then retries the request.

problem-hook_pending-title = Something else has to agree first
problem-hook_pending-what = A hook of the service is asked before the directory is changed, and has not agreed yet.
problem-hook_pending-cure = Nothing: it goes on by itself when the hook agrees. If the hook shows a problem of its own, that has to be solved.

problem-hook_refused-title = A hook of the service refused
problem-hook_refused-what = { $hook } refused, with the words that are attached.
problem-hook_refused-cure = Do what its words ask for, or ask whoever runs it, then retry the request.

problem-hook_unreachable-title = A hook of the service does not answer
problem-hook_unreachable-what = { $hook } was tried several times and gave no answer.
problem-hook_unreachable-cure = The provider puts the receiver right or gives the hook another address, then retries the request.

problem-hook_failed-title = A hook of the service failed
problem-hook_failed-what = { $hook } answered with a failure.
problem-hook_failed-cure = The provider looks why at the receiver or the command, puts it right, then retries the request.

problem-mail_refused-title = The mail was refused
problem-mail_refused-what = The mail server takes no mail for the person's address, or not this one; its words are attached.
problem-mail_refused-cure = Correct the person's mail address, then send a new link.

problem-mail_unreachable-title = The mail could not be sent
problem-mail_unreachable-what = The mail server cannot be reached, does not let the product in, or takes nothing at present; its words are attached. It is tried again until the link in the mail ends, for three days at most.
problem-mail_unreachable-cure = The provider puts the mail server or the section mail of the configuration right; what waits then goes on by itself, and what was given up needs a new link.

problem-mail_late-title = The mail came too late
problem-mail_late-what = The link in the mail was used, replaced or too old before the mail could be sent, or the person is gone.
problem-mail_late-cure = Send a new link, if the person still needs one.

problem-clock_skew-ahead = The clock of { $controller } is { $seconds } seconds ahead, compared with ours. Nothing is held back.
problem-clock_skew-behind = The clock of { $controller } is { $seconds } seconds behind, compared with ours. Nothing is held back.
problem-hook = The hook
problem-hook-named = The hook "{ $name }"

# Why the directory does not let our account in; completes the sentence above.
sign-in-wrong_password = its password is wrong: it was changed in the directory, or the account is gone
sign-in-password_expired = its password has expired
sign-in-must_change = its password has to be changed at the next log-on
sign-in-disabled = it is disabled
sign-in-account_expired = it has expired
sign-in-locked = it is locked after too many wrong passwords
sign-in-hours = it may not log on at this time of day
sign-in-place = it may not log on from this machine
sign-in-other = its password or its state does not allow it

# What of an object is meant, inside a sentence.
attribute-value = value
attribute-logon_name = log-on name
attribute-principal_name = principal name
attribute-display_name = display name
attribute-given_name = given name
attribute-readers = group of readers
attribute-group_kind = kind of the group

# Whose turn it is.
who-wait = nobody; it goes on by itself
who-change_value = help desk or customer, then *retry*
who-choose_password = the person whose password it is
who-ask_provider = the provider, then *retry*
who-repair = the provider; then it goes on by itself
