//! The calls of the system that no step may make, since what they reach lies outside of every wall.

use std::io;

use nix::libc;
use seccompiler::{BpfProgram, apply_filter, sock_filter};

/// What of the machine lies within the reach of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Nothing but what a cell holds: its network, and memory and queues that go with it.
    Cell,
    /// The machine's own, less what a fence keeps a step from.
    Machine {
        /// Whether the fence keeps it from TCP. The fence is asked when a step connects or takes an address; a socket has more
        /// ways than these to be heard, and more protocols that come down to TCP.
        no_tcp: bool,
    },
}

/// The numbers of the calls in programs of one kind.
struct Calls {
    /// What the kernel calls such programs.
    kind: u32,
    /// What no step may call: the key rings of the caller, which a namespace does not part; the descriptors of other
    /// processes; the ring by which every other call is made past this filter; and where there is one, the call that
    /// hides which other it is.
    never: &'static [u32],
    /// Memory, locks and queues that outlive every process, and that all of a user's processes share.
    lasting: &'static [u32],
    /// What changes the attributes of a file that it may only read, if the file is its user's.
    attributes: &'static [u32],
    /// What changes the bounds or the turn of a process that is named to it.
    of_a_process: &'static [(u32, Named)],
    ioctl: u32,
    socket: u32,
    setsockopt: u32,
}

/// How a call is told which process it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    /// By its first argument.
    First,
    /// By its second, where the first is this. With another it means all of a group or of a user.
    Second(u32),
}

/// The number by which a process names itself, and that of the first one of a cell.
const ITSELF: u32 = 0;
const SUPERVISOR: u32 = 1;
/// One process and not all of a group or a user, for `setpriority` and for `ioprio_set`.
const ONE: u32 = 0;
const ONE_IO: u32 = 1;

/// Those of programs of the kind that this one is.
const OWN: Calls = Calls {
    kind: KIND_OF_OWN,
    never: &[
        libc::SYS_add_key as u32,
        libc::SYS_keyctl as u32,
        libc::SYS_request_key as u32,
        libc::SYS_pidfd_getfd as u32,
        libc::SYS_io_uring_setup as u32,
        libc::SYS_io_uring_enter as u32,
        libc::SYS_io_uring_register as u32,
    ],
    lasting: &[
        libc::SYS_shmget as u32,
        libc::SYS_shmat as u32,
        libc::SYS_shmctl as u32,
        libc::SYS_semget as u32,
        libc::SYS_semop as u32,
        libc::SYS_semtimedop as u32,
        libc::SYS_semctl as u32,
        libc::SYS_msgget as u32,
        libc::SYS_msgsnd as u32,
        libc::SYS_msgrcv as u32,
        libc::SYS_msgctl as u32,
        libc::SYS_mq_open as u32,
        libc::SYS_mq_unlink as u32,
    ],
    attributes: &[
        libc::SYS_setxattr as u32,
        libc::SYS_lsetxattr as u32,
        libc::SYS_fsetxattr as u32,
        libc::SYS_removexattr as u32,
        libc::SYS_lremovexattr as u32,
        libc::SYS_fremovexattr as u32,
        SETXATTRAT,
        REMOVEXATTRAT,
    ],
    of_a_process: &[
        (libc::SYS_prlimit64 as u32, Named::First),
        (libc::SYS_sched_setaffinity as u32, Named::First),
        (libc::SYS_sched_setattr as u32, Named::First),
        (libc::SYS_sched_setparam as u32, Named::First),
        (libc::SYS_sched_setscheduler as u32, Named::First),
        (libc::SYS_setpriority as u32, Named::Second(ONE)),
        (libc::SYS_ioprio_set as u32, Named::Second(ONE_IO)),
    ],
    ioctl: libc::SYS_ioctl as u32,
    socket: libc::SYS_socket as u32,
    setsockopt: libc::SYS_setsockopt as u32,
};

/// Those of 32 bits that x86-64 runs too.
const I386: Calls = Calls {
    kind: 0x4000_0003,
    never: &[286, 287, 288, 438, 102, 425, 426, 427],
    // The first is the one call for all of them.
    lasting: &[
        117, 395, 397, 396, 393, 420, 394, 399, 400, 401, 402, 277, 278,
    ],
    attributes: &[226, 227, 228, 235, 236, 237, SETXATTRAT, REMOVEXATTRAT],
    of_a_process: &[
        (340, Named::First),
        (241, Named::First),
        (351, Named::First),
        (154, Named::First),
        (156, Named::First),
        (97, Named::Second(ONE)),
        (289, Named::Second(ONE_IO)),
    ],
    ioctl: 54,
    socket: 359,
    setsockopt: 366,
};

/// Those of 32 bits that a processor of kind aarch64 may run too.
const ARM: Calls = Calls {
    kind: 0x4000_0028,
    never: &[309, 310, 311, 438, 425, 426, 427],
    lasting: &[
        307, 305, 308, 299, 298, 312, 420, 300, 303, 301, 302, 304, 274, 275,
    ],
    attributes: &[226, 227, 228, 235, 236, 237, SETXATTRAT, REMOVEXATTRAT],
    of_a_process: &[
        (369, Named::First),
        (241, Named::First),
        (380, Named::First),
        (154, Named::First),
        (156, Named::First),
        (97, Named::Second(ONE)),
        (314, Named::Second(ONE_IO)),
    ],
    ioctl: 54,
    socket: 281,
    setsockopt: 294,
};

/// Calls that came when their numbers were the same for all kinds.
const SETXATTRAT: u32 = 463;
const REMOVEXATTRAT: u32 = 466;

/// What the kernel calls programs of the kind that this one is; 0 for a processor whose calls are not known here.
const KIND_OF_OWN: u32 = if cfg!(target_arch = "x86_64") {
    0xC000_003E
} else if cfg!(target_arch = "aarch64") {
    0xC000_00B7
} else if cfg!(target_arch = "riscv64") {
    0xC000_00F3
} else {
    0
};

/// The programs of 32 bits that the processor runs too, if there are any.
const NARROW: Option<&Calls> = if cfg!(target_arch = "x86_64") {
    Some(&I386)
} else if cfg!(target_arch = "aarch64") {
    Some(&ARM)
} else {
    None
};

/// True on a processor that the filter can be made for.
pub(super) const fn is_known() -> bool {
    KIND_OF_OWN != 0
}

/// What writes to a terminal as if a person had typed it there.
const TYPING: [libc::Ioctl; 2] = [libc::TIOCSTI, libc::TIOCLINUX];

/// The low half of an argument, which is all that the kernel looks at in those that are looked at here.
const LOW: u64 = 0xFFFF_FFFF;

/// Takes these calls from this process and all it starts; they are answered with "not permitted" from here on. Nothing
/// happens on a processor that is not known.
pub(super) fn set(reach: Reach) -> io::Result<()> {
    match is_known() {
        true => apply_filter(&filter(reach)).map_err(io::Error::other),
        false => Ok(()),
    }
}

/// The filter for every kind of program that the machine runs. It kills those of another.
fn filter(reach: Reach) -> BpfProgram {
    let mut own = vec![load(NUMBER)];
    own.extend(when(AT_LEAST, SHORT_ADDRESSES, vec![refuse(libc::ENOSYS)]));
    own.extend(rules(&OWN, reach));
    let mut program = vec![load(KIND)];
    program.extend(when(EQUAL, OWN.kind, own));
    if let Some(narrow) = NARROW {
        program.extend(when(EQUAL, narrow.kind, rules(narrow, reach)));
    }
    program.push(answer(libc::SECCOMP_RET_KILL_PROCESS));
    program
}

/// The bit that marks the calls of programs with short addresses on x86-64, which have numbers of their own. No processor
/// has so many calls.
const SHORT_ADDRESSES: u32 = 0x4000_0000;

/// The rules for one kind of program.
fn rules(calls: &Calls, reach: Reach) -> BpfProgram {
    let refused = || vec![refuse(libc::EPERM)];
    let mut program = vec![load(NUMBER)];
    for call in calls.never {
        program.extend(when(EQUAL, *call, refused()));
    }
    if let Reach::Machine { .. } = reach {
        for call in calls.lasting {
            program.extend(when(EQUAL, *call, refused()));
        }
        // As on a file system that has none: whoever copies files is content with that.
        for call in calls.attributes {
            program.extend(when(EQUAL, *call, vec![refuse(libc::EOPNOTSUPP)]));
        }
    }
    for (call, named) in calls.of_a_process {
        program.extend(when(EQUAL, *call, processes(*named, reach)));
    }
    let mut typing = vec![load(argument(1))];
    for request in TYPING {
        // A request has 32 bits; the rest of the type is the sign.
        let request = u32::try_from(request & LOW).unwrap_or(u32::MAX);
        typing.extend(when(EQUAL, request, refused()));
    }
    typing.push(ALLOW);
    program.extend(when(EQUAL, calls.ioctl, typing));
    program.extend(when(EQUAL, calls.socket, sockets(reach)));
    program.extend(when(EQUAL, calls.setsockopt, room()));
    program.push(ALLOW);
    program
}

/// What decides of a call that is about a process. In a cell all but the first are the step's own; else which are can't be
/// told by their numbers, and each may name itself alone.
fn processes(named: Named, reach: Reach) -> BpfProgram {
    let refused = || vec![refuse(libc::EPERM)];
    let mut program = Vec::new();
    let process = match named {
        Named::First => 0,
        Named::Second(one) => {
            program.push(load(argument(0)));
            program.extend(unless(one, refused()));
            1
        }
    };
    program.push(load(argument(process)));
    program.extend(match reach {
        Reach::Cell => when(EQUAL, SUPERVISOR, refused()),
        Reach::Machine { .. } => unless(ITSELF, refused()),
    });
    program.push(ALLOW);
    program
}

/// What decides of a new socket.
fn sockets(reach: Reach) -> BpfProgram {
    let mut program = vec![load(argument(0))];
    // The sockets between a virtual machine and its host, which no namespace of networks holds.
    let family = libc::AF_VSOCK.unsigned_abs();
    program.extend(when(EQUAL, family, vec![refuse(libc::EPERM)]));
    if reach == (Reach::Machine { no_tcp: true }) {
        let mut by_type = vec![load(argument(1)), KIND_OF_SOCKET];
        for kind in CONNECTED {
            // What Landlock answers to who connects.
            by_type.extend(when(EQUAL, kind.unsigned_abs(), vec![refuse(libc::EACCES)]));
        }
        program.extend(unless(libc::AF_UNIX.unsigned_abs(), by_type));
    }
    program.push(ALLOW);
    program
}

/// What decides of an option of a socket: how much may wait in it stays as it is, since no bound counts that memory. It is
/// answered as if it were done; the kernel, too, gives less than it is asked for without a word.
fn room() -> BpfProgram {
    let done = || vec![answer(libc::SECCOMP_RET_ERRNO)];
    let mut by_option = vec![load(argument(2))];
    for option in [libc::SO_SNDBUF, libc::SO_RCVBUF] {
        by_option.extend(when(EQUAL, option.unsigned_abs(), done()));
    }
    let mut program = vec![load(argument(1))];
    program.extend(when(EQUAL, libc::SOL_SOCKET.unsigned_abs(), by_option));
    program.push(ALLOW);
    program
}

/// The kinds of sockets that are connected with another: TCP, and what runs over it or does the same.
const CONNECTED: [libc::c_int; 3] = [libc::SOCK_STREAM, libc::SOCK_SEQPACKET, libc::SOCK_DCCP];

/// Leaves of the type of a socket its kind alone, without the flags beside it.
const KIND_OF_SOCKET: sock_filter =
    instruction((libc::BPF_ALU | libc::BPF_AND | libc::BPF_K) as u16, 0xF);

/// Where what a filter looks at lies: the number of the call, the kind of the program, and its arguments' low halves.
const NUMBER: u32 = 0;
const KIND: u32 = 4;

fn argument(index: u32) -> u32 {
    let low_half = if cfg!(target_endian = "big") { 4 } else { 0 };
    16 + 8 * index + low_half
}

const EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const AT_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;

const ALLOW: sock_filter = answer(libc::SECCOMP_RET_ALLOW);

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

const fn answer(value: u32) -> sock_filter {
    instruction((libc::BPF_RET | libc::BPF_K) as u16, value)
}

fn refuse(errno: libc::c_int) -> sock_filter {
    answer(libc::SECCOMP_RET_ERRNO | errno.unsigned_abs())
}

/// Some instructions, passed over unless what was loaded is so. All of them are few: a jump has 8 bits.
fn when(comparison: u16, value: u32, then: BpfProgram) -> BpfProgram {
    let mut program = vec![sock_filter {
        jf: then.len() as u8,
        ..instruction(comparison, value)
    }];
    program.extend(then);
    program
}

/// Some instructions, passed over if what was loaded is this value. All of them are few.
fn unless(value: u32, then: BpfProgram) -> BpfProgram {
    let mut program = vec![sock_filter {
        jt: then.len() as u8,
        ..instruction(EQUAL, value)
    }];
    program.extend(then);
    program
}

#[cfg(test)]
mod tests {
    use super::*;

    const REACHES: [Reach; 3] = [
        Reach::Cell,
        Reach::Machine { no_tcp: false },
        Reach::Machine { no_tcp: true },
    ];

    /// What a filter answers to a call by a program of some kind.
    fn answered(program: &[sock_filter], kind: u32, call: u32, arguments: &[u32]) -> u32 {
        let (mut at, mut loaded) = (0, 0);
        loop {
            let one = &program[at];
            at += 1;
            match u32::from(one.code) & 7 {
                libc::BPF_LD => {
                    loaded = match one.k {
                        NUMBER => call,
                        KIND => kind,
                        offset => {
                            let number = (offset - argument(0)) / 8;
                            arguments.get(number as usize).copied().unwrap_or(0)
                        }
                    }
                }
                libc::BPF_ALU => loaded &= one.k,
                libc::BPF_JMP => {
                    let is_so = match one.code {
                        EQUAL => loaded == one.k,
                        _ => loaded >= one.k,
                    };
                    at += usize::from(if is_so { one.jt } else { one.jf });
                }
                _ => return one.k,
            }
        }
    }

    fn error(errno: libc::c_int) -> u32 {
        libc::SECCOMP_RET_ERRNO | errno.unsigned_abs()
    }

    #[test]
    fn every_jump_is_short_enough() {
        for reach in REACHES {
            for calls in [&OWN, &I386, &ARM] {
                assert!(rules(calls, reach).len() < 250);
            }
        }
    }

    #[test]
    fn programs_of_every_kind_are_answered_the_same() {
        const PRIORITY_OF_GROUP: u32 = 1;
        let narrow = NARROW.into_iter();
        for calls in narrow.chain([&OWN]).filter(|_| is_known()) {
            for reach in REACHES {
                let program = filter(reach);
                let ask = |call, arguments: &[u32]| answered(&program, calls.kind, call, arguments);
                let (on_machine, no_tcp) = match reach {
                    Reach::Cell => (false, false),
                    Reach::Machine { no_tcp } => (true, no_tcp),
                };
                let refused_if = |so: bool, errno| match so {
                    true => error(errno),
                    false => libc::SECCOMP_RET_ALLOW,
                };
                for call in calls.never {
                    assert_eq!(ask(*call, &[]), error(libc::EPERM));
                }
                for call in calls.lasting {
                    assert_eq!(ask(*call, &[]), refused_if(on_machine, libc::EPERM));
                }
                for call in calls.attributes {
                    assert_eq!(ask(*call, &[]), refused_if(on_machine, libc::EOPNOTSUPP));
                }
                let [bounds, .., priority, io] = calls.of_a_process else {
                    panic!("too few");
                };
                for (call, arguments, is_other) in [
                    (bounds.0, [0, 7], false),
                    (bounds.0, [7, 0], on_machine),
                    (bounds.0, [SUPERVISOR, 0], true),
                    (priority.0, [ONE, 0], false),
                    (priority.0, [ONE, 7], on_machine),
                    (priority.0, [ONE, SUPERVISOR], true),
                    (priority.0, [PRIORITY_OF_GROUP, 0], true),
                    (io.0, [ONE_IO, 0], false),
                    (io.0, [ONE_IO, SUPERVISOR], true),
                    (io.0, [ONE_IO + 1, 0], true),
                    (calls.ioctl, [0, TYPING[0] as u32], true),
                    (calls.ioctl, [0, 7], false),
                ] {
                    let expected = refused_if(is_other, libc::EPERM);
                    assert_eq!(ask(call, &arguments), expected, "{call} {arguments:?}");
                }
                let stream = (libc::SOCK_STREAM | libc::SOCK_CLOEXEC).unsigned_abs();
                for (family, kind, refused) in [
                    (libc::AF_INET, stream, no_tcp),
                    (libc::AF_INET6, libc::SOCK_SEQPACKET.unsigned_abs(), no_tcp),
                    (libc::AF_INET, libc::SOCK_DGRAM.unsigned_abs(), false),
                    (libc::AF_UNIX, stream, false),
                ] {
                    let arguments = [family.unsigned_abs(), kind];
                    let expected = refused_if(refused, libc::EACCES);
                    assert_eq!(ask(calls.socket, &arguments), expected);
                }
                let vsock = [libc::AF_VSOCK.unsigned_abs(), stream];
                assert_eq!(ask(calls.socket, &vsock), error(libc::EPERM));
                let (level, room) = (
                    libc::SOL_SOCKET.unsigned_abs(),
                    libc::SO_SNDBUF.unsigned_abs(),
                );
                let done = libc::SECCOMP_RET_ERRNO;
                assert_eq!(ask(calls.setsockopt, &[3, level, room]), done);
                let other = [[3, level, room + 2], [3, level + 5, room]];
                for arguments in other {
                    let answer = ask(calls.setsockopt, &arguments);
                    assert_eq!(answer, libc::SECCOMP_RET_ALLOW);
                }
                assert_eq!(ask(1, &[]), libc::SECCOMP_RET_ALLOW);
            }
        }
        assert_eq!(
            answered(&filter(Reach::Cell), 7, 1, &[]),
            libc::SECCOMP_RET_KILL_PROCESS
        );
    }
}
