"""A small classic-BPF machine for the instructions that the source filter uses, and a way to test on loopback."""

from ipaddress import IPv4Address

from exchange.sip.source_filter import Instruction


def without_loopback(program: tuple[Instruction, ...]) -> tuple[Instruction, ...]:
    """The same filter but for its last part, which lets all of 127.0.0.0/8 through."""
    return (*program[:-4], program[-1])


def run_program(program: tuple[Instruction, ...], source: str) -> bool:
    """Whether a packet from this IPv4 source is accepted."""
    accumulator = 0
    at = 0
    while True:
        instruction = program[at]
        at += 1
        match instruction.code:
            case 0x20:
                assert instruction.value == 0xFFF0000C, "only the IPv4 source address is read"
                accumulator = int(IPv4Address(source))
            case 0x54:
                accumulator &= instruction.value
            case 0x15:
                equal = accumulator == instruction.value
                at += instruction.jump_true if equal else instruction.jump_false
            case 0x06:
                return instruction.value > 0
            case code:
                raise AssertionError(f"instruction {code:#x} is not known to the test machine")
