//! Security descriptors as the directory stores them (MS-DTYP 2.4): read and
//! written here because no library of ours does, and nothing read from the
//! network may panic.

mod descriptor;
mod sid;

pub(crate) use descriptor::{Ace, Acl, Descriptor, Kind};
pub use sid::{InvalidSid, Sid};

/// Access rights of directory objects (MS-ADTS 5.1.3.2).
pub(crate) mod right {
    /// Create children (of the class named, if one is).
    pub(crate) const CREATE_CHILD: u32 = 0x1;
    /// Delete children (of the class named, if one is).
    pub(crate) const DELETE_CHILD: u32 = 0x2;
    /// See the children.
    pub(crate) const LIST_CONTENTS: u32 = 0x4;
    /// Read attributes.
    pub(crate) const READ_PROPERTY: u32 = 0x10;
    /// Write attributes.
    pub(crate) const WRITE_PROPERTY: u32 = 0x20;
    /// See the object.
    pub(crate) const LIST_OBJECT: u32 = 0x80;
    /// An extended right, named by its id.
    pub(crate) const CONTROL_ACCESS: u32 = 0x100;
    /// Read the security descriptor.
    pub(crate) const READ_CONTROL: u32 = 0x2_0000;
    /// Write the discretionary access control list.
    pub(crate) const WRITE_DACL: u32 = 0x4_0000;
    /// Everything.
    pub(crate) const ALL: u32 = 0xF_01FF;
    /// Read and list: what tenants get, and what everybody of ours needs.
    pub(crate) const READ: u32 = LIST_CONTENTS | READ_PROPERTY | LIST_OBJECT | READ_CONTROL;
}

/// Flags of an entry (MS-DTYP 2.4.4.1).
pub(crate) mod flag {
    /// Children inherit it.
    pub(crate) const CONTAINER_INHERIT: u8 = 0x2;
    /// It does not apply to the object itself.
    pub(crate) const INHERIT_ONLY: u8 = 0x8;
}

/// Ids of classes and extended rights (MS-ADSC, MS-ADTS 5.1.3.2.1).
pub(crate) mod id {
    use uuid::{Uuid, uuid};

    /// Class `organizationalUnit`.
    pub(crate) const ORGANIZATIONAL_UNIT: Uuid = uuid!("bf967aa5-0de6-11d0-a285-00aa003049e2");
    /// Class `user`.
    pub(crate) const USER: Uuid = uuid!("bf967aba-0de6-11d0-a285-00aa003049e2");
    /// Class `group`.
    pub(crate) const GROUP: Uuid = uuid!("bf967a9c-0de6-11d0-a285-00aa003049e2");
    /// Extended right `User-Force-Change-Password`.
    pub(crate) const RESET_PASSWORD: Uuid = uuid!("00299570-246d-11d0-a768-00aa006e0529");
}
