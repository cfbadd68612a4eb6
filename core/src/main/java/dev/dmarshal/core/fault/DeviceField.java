package dev.dmarshal.core.fault;

/** The device in a fault line: {@code bb:dd.f}, {@code ssss:bb:dd.f}, {@code 0xbb:0xdd.f}, or Xen's and AMD's device id as one number. */
final class DeviceField {

    private static final int LONGEST = 64;

    /** Reads the device at the cursor, which then stands behind it. What is no requester id is kept as said. */
    void read(Cursor cursor, FaultLine fault) {
        int start = cursor.at;
        if (!colons(cursor, fault)) {
            int i = start;
            while (i < cursor.end && i - start < LONGEST && cursor.line[i] > ' ' && cursor.line[i] != ']' && cursor.line[i] != ',') {
                i++;
            }
            cursor.at = i;
            fault.oddSource(Ascii.text(cursor.line, start, i));
        }
    }

    private boolean colons(Cursor cursor, FaultLine fault) {
        if (!cursor.hex()) {
            return false;
        }
        long first = cursor.number;
        if (!cursor.skip(':') || !cursor.hex()) {
            return false;
        }
        long second = cursor.number;
        boolean segmented = cursor.skip(':');
        long third = 0;
        if (segmented) {
            if (!cursor.hex()) {
                return false;
            }
            third = cursor.number;
        }
        if (!cursor.skip('.') || !cursor.hex()) {
            return false;
        }
        long function = cursor.number;
        long bus = segmented ? second : first;
        long slot = segmented ? third : second;
        if (bus >>> 8 != 0 || slot >>> 5 != 0 || function >>> 3 != 0 || segmented && first >>> 31 != 0) {
            return false;
        }
        if (segmented) {
            fault.segment((int) first);
        }
        fault.source((int) (bus << 8 | slot << 3 | function));
        return true;
    }
}
