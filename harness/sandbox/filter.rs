//! The calls of the system that no step may make, since what they reach lies outside of every wall.

use std::collections::BTreeMap;
use std::io;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter, sock_filter,
};

/// The key rings of the caller, which a namespace does not part; the descriptors of other processes; and the ring by
/// which every other call is made past this filter.
const NEVER: [libc::c_long; 7] = [
    libc::SYS_add_key,
    libc::SYS_keyctl,
    libc::SYS_request_key,
    libc::SYS_pidfd_getfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
];

/// What changes the bounds or the turn of the process whose number is the argument of this index; 0 is the caller itself.
const OF_OTHERS: [(libc::c_long, u8); 7] = [
    (libc::SYS_prlimit64, 0),
    (libc::SYS_sched_setaffinity, 0),
    (libc::SYS_sched_setattr, 0),
    (libc::SYS_sched_setparam, 0),
    (libc::SYS_sched_setscheduler, 0),
    (libc::SYS_setpriority, 1),
    (libc::SYS_ioprio_set, 1),
];

/// Memory, locks and queues that outlive every process, and that all of a user's processes share.
const LASTING: [libc::c_long; 5] = [
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_mq_open,
];

/// Whose the memory, locks and queues are that outlive a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lasting {
    /// Those of a namespace, which go with it.
    Own,
    /// The machine's.
    Shared,
}

/// True on a processor that the filter can be made for.
pub(super) fn is_known() -> bool {
    TargetArch::try_from(std::env::consts::ARCH).is_ok()
}

/// What writes to a terminal as if a person had typed it there.
const TYPING: [libc::Ioctl; 2] = [libc::TIOCSTI, libc::TIOCLINUX];

/// The low half of an argument, which is all that the kernel looks at.
const LOW: u64 = 0xFFFF_FFFF;

/// Takes these calls from this process and all it starts; they are answered with "not permitted" from here on. Nothing
/// happens on a processor that the filter's compiler does not know.
pub(super) fn set(lasting: Lasting) -> io::Result<()> {
    match TargetArch::try_from(std::env::consts::ARCH) {
        Ok(processor) => {
            let mut program = before(processor);
            program.extend(own(processor, lasting).map_err(io::Error::other)?);
            apply_filter(&program).map_err(io::Error::other)
        }
        Err(_) => Ok(()),
    }
}

/// The filter for programs of the machine's own kind. It kills those of another.
fn own(processor: TargetArch, lasting: Lasting) -> Result<BpfProgram, seccompiler::BackendError> {
    let shared: &[libc::c_long] = match lasting {
        Lasting::Own => &[],
        Lasting::Shared => &LASTING,
    };
    let never = NEVER.iter().chain(shared);
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        never.map(|call| (*call, Vec::new())).collect();
    for (call, argument) in OF_OTHERS {
        let is_other = SeccompCmpOp::Ne;
        let other = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, is_other, 0)?;
        rules.insert(call, vec![SeccompRule::new(vec![other])?]);
    }
    let typing = TYPING.iter().map(|request| where_is(1, *request));
    rules.insert(libc::SYS_ioctl, typing.collect::<Result<_, _>>()?);
    // The sockets between a virtual machine and its host, which no namespace of networks holds.
    let family = u64::from(libc::AF_VSOCK.unsigned_abs());
    rules.insert(libc::SYS_socket, vec![where_is(0, family)?]);
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(rules, SeccompAction::Allow, refused, processor)?.try_into()
}

/// The numbers of the calls in programs of 32 bits that a processor of 64 runs too.
struct Narrow {
    /// What the kernel calls such programs.
    kind: u32,
    /// Those that no step may make: [`NEVER`], and where there is one, the call that hides which other it is.
    never: &'static [u32],
    /// What changes the bounds of the process whose number comes first.
    bounds: u32,
    ioctl: u32,
    socket: u32,
}

const I386: Narrow = Narrow {
    kind: 0x4000_0003,
    never: &[286, 287, 288, 438, 102, 425, 426, 427],
    bounds: 340,
    ioctl: 54,
    socket: 359,
};

const ARM: Narrow = Narrow {
    kind: 0x4000_0028,
    never: &[309, 310, 311, 438, 425, 426, 427],
    bounds: 369,
    ioctl: 54,
    socket: 281,
};

/// The bit that marks the calls of programs with short addresses on x86-64, which have numbers of their own.
const SHORT_ADDRESSES: u32 = 0x4000_0000;

/// What comes before the filter for the machine's own kind of programs: the same rules for those of 32 bits, and none of
/// those that the filter would take for others.
fn before(processor: TargetArch) -> BpfProgram {
    let mut program = vec![load(KIND)];
    match processor {
        TargetArch::x86_64 => {
            program.extend(when(EQUAL, I386.kind, narrow(&I386)));
            let unknown = refuse(libc::ENOSYS);
            program.push(load(NUMBER));
            program.extend(when(AT_LEAST, SHORT_ADDRESSES, vec![unknown]));
        }
        TargetArch::aarch64 => program.extend(when(EQUAL, ARM.kind, narrow(&ARM))),
        TargetArch::riscv64 => {}
    }
    program
}

/// The rules for a program of 32 bits.
fn narrow(numbers: &Narrow) -> BpfProgram {
    let refused = || vec![refuse(libc::EPERM)];
    let mut program = vec![load(NUMBER)];
    for call in numbers.never {
        program.extend(when(EQUAL, *call, refused()));
    }
    let mut bounds = vec![load(argument(0))];
    bounds.extend(when(EQUAL, 0, vec![ALLOW]));
    bounds.push(refuse(libc::EPERM));
    program.extend(when(EQUAL, numbers.bounds, bounds));
    let mut typing = vec![load(argument(1))];
    for request in TYPING {
        // A request has 32 bits; the rest of the type is the sign.
        let request = u32::try_from(request & LOW).unwrap_or(u32::MAX);
        typing.extend(when(EQUAL, request, refused()));
    }
    typing.push(ALLOW);
    program.extend(when(EQUAL, numbers.ioctl, typing));
    let mut families = vec![load(argument(0))];
    families.extend(when(EQUAL, libc::AF_VSOCK.unsigned_abs(), refused()));
    families.push(ALLOW);
    program.extend(when(EQUAL, numbers.socket, families));
    program.push(ALLOW);
    program
}

/// Where what a filter looks at lies: the number of the call, the kind of the program, and its arguments' low halves.
const NUMBER: u32 = 0;
const KIND: u32 = 4;

fn argument(index: u32) -> u32 {
    let low_half = if cfg!(target_endian = "big") { 4 } else { 0 };
    16 + 8 * index + low_half
}

const EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const AT_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;

const ALLOW: sock_filter = instruction(
    (libc::BPF_RET | libc::BPF_K) as u16,
    libc::SECCOMP_RET_ALLOW,
);

const fn instruction(code: u16, k: u32) -> sock_filter {
    sock_filter {
        code,
        jt: 0,
        jf: 0,
        k,
    }
}

fn load(offset: u32) -> sock_filter {
    instruction((libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16, offset)
}

fn refuse(errno: libc::c_int) -> sock_filter {
    let answer = libc::SECCOMP_RET_ERRNO | errno.unsigned_abs();
    instruction((libc::BPF_RET | libc::BPF_K) as u16, answer)
}

/// Some instructions, passed over unless what was loaded is so. All of them are few.
fn when(comparison: u16, value: u32, then: BpfProgram) -> BpfProgram {
    let mut program = vec![sock_filter {
        jf: then.len() as u8,
        ..instruction(comparison, value)
    }];
    program.extend(then);
    program
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
            for lasting in [Lasting::Own, Lasting::Shared] {
                assert!(!own(processor, lasting).unwrap().is_empty());
            }
        }
    }
}
