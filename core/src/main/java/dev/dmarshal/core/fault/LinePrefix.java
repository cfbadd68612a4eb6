package dev.dmarshal.core.fault;

/**
 * Takes what loggers put in front of a message away: times, levels, callers, hosts, tags, colours. Reused for every line, allocates nothing.
 *
 * <p>Known: {@code dmesg} (seconds since boot, {@code -T}, iso, relative and delta times, {@code -x} levels), printk's level and caller
 * ({@code <6>}, {@code [ T123]}, {@code [  C1]}), journald's short forms and {@code MESSAGE=}, syslog of RFC 3164 and with ISO times (also when the
 * bracket of the uptime is lost, as some syslog daemons do), Xen's console with any of its time stamps, and the times of QEMU's and libvirt's logs.
 */
final class LinePrefix {

    private static final int MOST_PARTS = 10;

    private byte[] line;
    private int at;
    private int end;
    private boolean xen;
    private final LogClock clock = new LogClock();

    /** Reads the prefix of {@code bytes[from, to)}. */
    void read(byte[] bytes, int from, int to) {
        line = bytes;
        at = from;
        end = to;
        xen = false;
        clock.reset();
        for (int i = 0; i < MOST_PARTS && part(); i++) {
            // Each part moves on.
        }
    }

    /** Where the message starts. */
    int message() {
        return at;
    }

    /** Whether the line comes from Xen's console. */
    boolean xen() {
        return xen;
    }

    /** The line's time. */
    LogClock clock() {
        return clock;
    }

    private boolean part() {
        if (at >= end) {
            return false;
        }
        return switch (line[at]) {
            case ' ', '\r', '\t', '>', 0 -> blank();
            case 0x1b -> colour();
            case '<' -> level();
            case '(' -> console();
            case '[' -> bracket();
            case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> stamp();
            case 'J', 'F', 'M', 'A', 'S', 'O', 'N', 'D', 'k', 'I', 'W', 'E' -> word();
            default -> shortMonotonicHost();
        };
    }

    private boolean blank() {
        while (at < end && (line[at] == ' ' || line[at] == '\r' || line[at] == '\t' || line[at] == '>' || line[at] == 0)) {
            at++;
        }
        return true;
    }

    private boolean colour() {
        int i = at + 1;
        if (i >= end || line[i] != '[') {
            return false;
        }
        for (i++; i < end && (line[i] >= '0' && line[i] <= '9' || line[i] == ';'); i++) {
            // Parameters of the sequence.
        }
        at = Math.min(end, i + 1);
        return true;
    }

    private boolean level() {
        int i = digits(at + 1);
        if (i == at + 1 || i >= end || line[i] != '>') {
            return false;
        }
        at = i + 1;
        return true;
    }

    private boolean console() {
        if (!Ascii.starts(line, at, end, Ascii.XEN)) {
            return false;
        }
        xen = true;
        at += Ascii.XEN.length;
        return true;
    }

    private boolean bracket() {
        int i = at + 1;
        while (i < end && line[i] == ' ') {
            i++;
        }
        int close = clock.seconds(line, i, end);
        if (close < 0) {
            close = caller(i);
        }
        if (close < 0) {
            close = clock.calendar(line, i, end);
        }
        if (close < 0 || close >= end || line[close] != ']') {
            return false;
        }
        at = close + 1;
        if (at < end && line[at] == ' ') {
            at++;
        }
        return true;
    }

    /** {@code T123} or {@code C1}: the thread or the processor that printed (CONFIG_PRINTK_CALLER). */
    private int caller(int i) {
        if (i >= end || line[i] != 'T' && line[i] != 'C') {
            return -1;
        }
        int after = digits(i + 1);
        return after > i + 1 && after < end && line[after] == ']' ? after : -1;
    }

    /** An ISO time, or a time since boot whose opening bracket is lost. */
    private boolean stamp() {
        int after = clock.seconds(line, at, end);
        if (after > 0 && after < end && line[after] == ']') {
            at = after + 1;
            return true;
        }
        after = clock.hasWall() ? -1 : clock.iso(line, at, end);
        if (after < 0) {
            return false;
        }
        at = after < end && line[after] == ' ' ? after + 1 : after;
        hostAndTag(false);
        return true;
    }

    private boolean word() {
        if (!clock.hasWall()) {
            int after = clock.monthDay(line, at, end);
            if (after > 0 && after < end && line[after] == ' ') {
                at = after + 1;
                hostAndTag(true);
                return true;
            }
        }
        return skip(Ascii.KERNEL) || skip(Ascii.MESSAGE) || facility() || skip(Ascii.DEBUG) || skip(Ascii.INFO) || shortMonotonicHost();
    }

    private boolean skip(byte[] text) {
        if (!Ascii.starts(line, at, end, text)) {
            return false;
        }
        at += text.length;
        return true;
    }

    /** {@code kern  :info  : }: dmesg -x. */
    private boolean facility() {
        if (!Ascii.starts(line, at, end, Ascii.KERN)) {
            return false;
        }
        int i = Ascii.indexOf(line, at, Math.min(end, at + 20), (byte) ':');
        int j = i < 0 ? -1 : Ascii.indexOf(line, i + 1, Math.min(end, i + 12), (byte) ':');
        if (j < 0) {
            return false;
        }
        at = j + 1;
        return true;
    }

    /** {@code host kernel: } after a time since boot: journald's short-monotonic. */
    private boolean shortMonotonicHost() {
        if (!clock.hasBoot() || clock.hasWall()) {
            return false;
        }
        int space = Ascii.indexOf(line, at, Math.min(end, at + 64), (byte) ' ');
        if (space < 0 || !Ascii.starts(line, space + 1, end, Ascii.KERNEL)) {
            return false;
        }
        at = space + 1 + Ascii.KERNEL.length;
        return true;
    }

    /**
     * The host and the tag of a syslog line. After an ISO time, which dmesg prints as well, only a tag that is the kernel's or has a process id counts:
     * {@code usb usb1:} is no host with its tag.
     */
    private void hostAndTag(boolean syslog) {
        int space = Ascii.indexOf(line, at, Math.min(end, at + 256), (byte) ' ');
        if (space < 0) {
            return;
        }
        int tag = space + 1;
        int i = tag;
        while (i < end && line[i] > ' ' && line[i] != ':' && line[i] != '[') {
            i++;
        }
        boolean id = i < end && line[i] == '[';
        int close = id ? digits(i + 1) : i;
        if (id && (close >= end || line[close] != ']')) {
            return;
        }
        int colon = id ? close + 1 : i;
        if (i == tag || colon >= end || line[colon] != ':' || colon + 1 < end && line[colon + 1] != ' ') {
            return;
        }
        if (id || syslog || Ascii.starts(line, tag, end, Ascii.KERNEL)) {
            at = Math.min(end, colon + 2);
        }
    }

    private int digits(int from) {
        int i = from;
        while (i < end && line[i] >= '0' && line[i] <= '9') {
            i++;
        }
        return i;
    }
}
