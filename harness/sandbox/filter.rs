//! The calls of the system that no step may make, since what they reach lies outside of every wall.

use std::collections::BTreeMap;
use std::io;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};

/// The key rings of the caller, which a namespace does not part; and the descriptors of other processes.
const NEVER: [libc::c_long; 4] = [
    libc::SYS_add_key,
    libc::SYS_keyctl,
    libc::SYS_request_key,
    libc::SYS_pidfd_getfd,
];

/// What writes to a terminal as if a person had typed it there.
const TYPING: [libc::Ioctl; 2] = [libc::TIOCSTI, libc::TIOCLINUX];

/// The low half of an argument, which is all that the kernel looks at.
const LOW: u64 = 0xFFFF_FFFF;

/// Takes these calls from this process and all it starts; they are answered with "not permitted" from here on. Nothing
/// happens on a processor that the filter's compiler does not know. A program for another processor than the machine's,
/// as an old one of 32 bits, is killed by its first call.
pub(super) fn set() -> io::Result<()> {
    match TargetArch::try_from(std::env::consts::ARCH) {
        Ok(processor) => {
            let program = program(processor).map_err(io::Error::other)?;
            apply_filter(&program).map_err(io::Error::other)
        }
        Err(_) => Ok(()),
    }
}

fn program(processor: TargetArch) -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        NEVER.iter().map(|call| (*call, Vec::new())).collect();
    let typing = TYPING.iter().map(|request| where_is(1, *request));
    rules.insert(libc::SYS_ioctl, typing.collect::<Result<_, _>>()?);
    // The sockets between a virtual machine and its host, which no namespace of networks holds.
    let family = u64::from(libc::AF_VSOCK.unsigned_abs());
    rules.insert(libc::SYS_socket, vec![where_is(0, family)?]);
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(rules, SeccompAction::Allow, refused, processor)?.try_into()
}

/// The rule for calls whose argument of this number is so.
fn where_is(argument: u8, value: u64) -> Result<SeccompRule, seccompiler::BackendError> {
    let is_so = SeccompCmpOp::MaskedEq(LOW);
    SeccompRule::new(vec![SeccompCondition::new(
        argument,
        SeccompCmpArgLen::Qword,
        is_so,
        value,
    )?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_can_be_made_for_every_processor_that_is_known() {
        for processor in [TargetArch::x86_64, TargetArch::aarch64, TargetArch::riscv64] {
            assert!(!program(processor).unwrap().is_empty());
        }
    }
}
