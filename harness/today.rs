//! The one look at the calendar.

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The day it is, in UTC, as the record of a run has it.
pub(crate) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(TimeZone::UTC).date()
}
