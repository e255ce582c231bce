//! Addresses of networks and devices: IPv6, MAC.

use super::address::is_host;
use super::{Detector, Scan, Trigger, is_word};
use crate::scan::Shape;

pub(super) static IPV6: Detector = Detector {
    name: "ipv6",
    about: "IPv6 addresses, with an IPv4 address at their end and a prefix length where they have one; not `::1` as a host",
    pattern: "",
    source: "RFC 4291, section 2.2",
    trigger: Trigger::Shape(Shape::Colons),
    search: ipv6,
    finds: &[
        ("from [2001:db8::8a2e:370:7334]:443", &["2001:db8::8a2e:370:7334"]),
        ("at ::1", &["::1"]),
        ("684D:1111:222:3333:4444:5555:6:77.", &["684D:1111:222:3333:4444:5555:6:77"]),
        ("::ffff:192.0.2.1", &["::ffff:192.0.2.1"]),
        ("2001:db8::/32", &["2001:db8::/32"]),
        ("user@fe80::1", &["fe80::1"]),
    ],
    ignores: &[
        "12:34:56",
        "1:2:3:4",
        "std::vec",
        "a::b::c",
        "MyClass::toString",
        "fe80::1text",
        "aa:bb:cc:dd:ee:ff",
        "at ::",
        "2001:db8::256.1.1.1",
        "dead::beef",
        "Foo::Bad",
        "a::b",
        "::1",
        "[::1]:80",
        "http://[::1]:80/x",
    ],
};

/// Goes over the run of hex digits, colons and dots around the trigger.
fn ipv6(scan: &mut Scan<'_>, trigger: usize) {
    let class = |b: u8| b.is_ascii_hexdigit() || b == b':';
    // No address is longer than 45 bytes.
    let start = {
        let (floor, mut start) = (scan.floor().max(trigger.saturating_sub(10)), trigger);
        while start > floor && class(scan.byte(start - 1)) {
            start -= 1;
        }
        start
    };
    let end = trigger + scan.run_len(trigger, 46, class);
    scan.resume(end);
    if is_word(scan.before(start)) || matches!(scan.before(start), b':' | b'.') {
        return;
    }
    let (mut groups, mut gap, mut place, mut digits) = (0, None, start, 0);
    if scan.has(place, b"::") {
        (gap, place) = (Some(0), place + 2);
    }
    loop {
        let len = scan.run_len(place, 5, |b| b.is_ascii_hexdigit());
        if len == 0 {
            break;
        }
        if len == 5 {
            return;
        }
        if scan.byte(place + len) == b'.' {
            match ipv4_len(scan, place) {
                Some(len) => (groups, place, digits) = (groups + 2, place + len, digits + 1),
                // A dot that ends a sentence.
                None if !scan.byte(place + len + 1).is_ascii_digit() => (groups, place) = (groups + 1, place + len),
                None => return,
            }
            break;
        }
        digits += scan.bytes[place..place + len].iter().filter(|b| b.is_ascii_digit()).count();
        (groups, place) = (groups + 1, place + len);
        if scan.has(place, b"::") && gap.is_none() {
            (gap, place) = (Some(groups), place + 2);
        } else if scan.byte(place) == b':' && scan.byte(place + 1).is_ascii_hexdigit() {
            place += 1;
        } else {
            break;
        }
    }
    let whole = match gap {
        // Names in code are parted by `::` too; those have no digits. `::` alone says nothing without a prefix length.
        Some(_) => groups <= 7 && (digits > 0 || scan.byte(place) == b'/'),
        None => groups == 8,
    };
    if !whole || is_word(scan.byte(place)) || (scan.byte(place) == b':' && class(scan.byte(place + 1))) {
        return;
    }
    let mut end = place;
    if scan.byte(place) == b'/' {
        let len = scan.run_len(place + 1, 4, |b| b.is_ascii_digit());
        if (1..=3).contains(&len) && scan.ends(place + 1 + len) {
            end = place + 1 + len;
        } else if digits == 0 {
            return;
        }
    }
    // One digit between colons is more often code. Loopback as a host says nothing of anybody.
    let is_own_host = scan.bytes[start..end] == *b"::1" && {
        let bracket = usize::from(scan.before(start) == b'[' && scan.byte(end) == b']');
        is_host(scan.bytes, start - bracket, end + bracket)
    };
    if end - start > 2 && !is_own_host {
        scan.found(start, end);
    }
}

/// The length of four numbers of a byte each, with dots between.
fn ipv4_len(scan: &Scan<'_>, start: usize) -> Option<usize> {
    let mut place = start;
    for part in 0..4 {
        let len = scan.run_len(place, 3, |b| b.is_ascii_digit());
        let number = scan.bytes[place..place + len].iter().fold(0, |all, b| all * 10 + u32::from(b - b'0'));
        place += len;
        if len == 0 || number > 255 || (part < 3 && scan.byte(place) != b'.') {
            return None;
        }
        place += usize::from(part < 3);
    }
    scan.ends(place).then_some(place - start)
}

pub(super) static MAC: Detector = Detector {
    name: "mac",
    about: "MAC addresses with colons or dashes",
    pattern: "",
    source: "IEEE 802, the usual hexadecimal notation",
    trigger: Trigger::Shape(Shape::Pairs),
    search: mac,
    finds: &[
        ("MAC: 01:23:45:67:89:AB,", &["01:23:45:67:89:AB"]),
        ("01-b3-4a-67-d9-cf", &["01-b3-4a-67-d9-cf"]),
        ("is aabb.ccdd.eeff", &["aabb.ccdd.eeff"]),
    ],
    ignores: &["00:1A:2B:3C:4D", "ZZ:ZZ:ZZ:ZZ:ZZ:ZZ", "ff:ff:ff:ff:ff:ff", "01:23:45:67:89:AB:CD", "10:2F:33-AC-29-C3", "12:34:56"],
};

fn mac(scan: &mut Scan<'_>, trigger: usize) {
    let sign = scan.byte(trigger);
    // The trigger is the second colon, the fourth dash, or the second dot.
    let (back, width, parts) = match sign {
        b':' => (5, 2, 6),
        b'.' => (9, 4, 3),
        _ => (11, 2, 6),
    };
    let Some(start) = trigger.checked_sub(back).filter(|start| *start >= scan.floor()) else { return };
    let len = parts * (width + 1) - 1;
    let Some(text) = scan.bytes.get(start..start + len) else { return };
    let shaped = text.iter().enumerate().all(|(i, b)| if i % (width + 1) == width { *b == sign } else { b.is_ascii_hexdigit() });
    let broadcast = text.iter().all(|b| matches!(b, b'f' | b'F') || *b == sign);
    let alone = |outer: u8, further: u8| !is_word(outer) && (outer != sign || !is_word(further));
    if shaped
        && alone(scan.before(start), start.checked_sub(2).map_or(super::OUTSIDE, |place| scan.byte(place)))
        && alone(scan.byte(start + len), scan.byte(start + len + 1))
    {
        match broadcast {
            true => scan.near(start, start + len, "it is the address of all devices"),
            false => scan.found(start, start + len),
        }
    }
}

pub(super) static UUID: Detector = Detector {
    name: "uuid",
    about: "UUIDs of every version in their usual notation; those of nothing and of everything, all zeros and all ones, are none",
    pattern: "",
    source: "RFC 9562, section 4",
    trigger: Trigger::Shape(Shape::Fives),
    search: uuid,
    finds: &[
        ("id 3f2b8c1e-7d4a-4e6b-9c0d-1a2b3c4d5e6f.", &["3f2b8c1e-7d4a-4e6b-9c0d-1a2b3c4d5e6f"]),
        ("urn:uuid:F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", &["F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"]),
    ],
    ignores: &[
        "3f2b8c1e-7d4a-4e6b-9c0d-1a2b3c4d5e6",
        "3f2b8c1e-7d4a-4e6b-9c0d-1a2b3c4d5e6f0",
        "x3f2b8c1e-7d4a-4e6b-9c0d-1a2b3c4d5e6f",
        "3f2b8c1e-7d4a-4e6g-9c0d-1a2b3c4d5e6f",
        "00000000-0000-0000-0000-000000000000",
        "0102-0304-0506-0708-0900",
    ],
};

/// The trigger is the third dash or the fourth.
fn uuid(scan: &mut Scan<'_>, trigger: usize) {
    const LENGTH: usize = 36;
    let Some(start) = trigger.checked_sub(18).filter(|start| *start >= scan.floor()) else { return };
    let Some(text) = scan.bytes.get(start..start + LENGTH) else { return };
    let shaped =
        text.iter().enumerate().all(|(place, b)| if matches!(place, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() });
    let says_nothing = text.iter().all(|b| matches!(b, b'0' | b'-')) || text.iter().all(|b| matches!(b, b'f' | b'F' | b'-'));
    if shaped && !says_nothing && scan.begins(start) && scan.ends(start + LENGTH) {
        scan.found(start, start + LENGTH);
    }
}
