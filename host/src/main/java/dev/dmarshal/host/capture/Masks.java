package dev.dmarshal.host.capture;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Puts one value in place of another, the same for the same within a capture, so that {@code root=UUID=…} still matches its disk. The key is made for one
 * capture and kept nowhere: nobody can try values until the mask is the same.
 */
final class Masks {

    private static final int HEX_OF_WORD = 8;

    private final Mac mac;

    Masks(byte[] key) {
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    private byte[] digest(String sort, String value) {
        mac.update(sort.getBytes(StandardCharsets.US_ASCII));
        mac.update((byte) 0);
        return mac.doFinal(value.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
    }

    /** As many hexadecimal digits, in the places of those of {@code written}; separators and the case stay. */
    String hex(String sort, String written) {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < written.length(); i++) {
            i += escaped(written, i);
            if (Character.digit(written.charAt(i), 16) >= 0) {
                digits.append(written.charAt(i));
            }
        }
        String mask = HexFormat.of().formatHex(digest(sort, digits.toString()));
        boolean upper = written.chars().anyMatch(c -> c >= 'A' && c <= 'F');
        StringBuilder masked = new StringBuilder();
        int at = 0;
        for (int i = 0; i < written.length(); i++) {
            int length = escaped(written, i);
            masked.append(written, i, i + length);
            i += length;
            char c = written.charAt(i);
            if (Character.digit(c, 16) >= 0) {
                char put = mask.charAt(at++ % mask.length());
                masked.append(upper ? Character.toUpperCase(put) : put);
            } else {
                masked.append(c);
            }
        }
        return masked.toString();
    }

    /** How long the minus is at a place, where systemd writes one as {@code \x2d}; 0 if there is none, or no digit behind it. */
    private static int escaped(String text, int at) {
        return text.startsWith("\\x2d", at) && at + 4 < text.length() ? 4 : 0;
    }

    /** A MAC address or a longer address of the same form, with the bit of locally administered ones set (IEEE 802, clause 8.4). */
    String mac(String written) {
        String masked = hex("mac", written);
        return "02" + masked.substring(2);
    }

    /** A word that says of what sort it was. */
    String word(String sort, String value) {
        return sort + "-" + HexFormat.of().formatHex(digest(sort, value)).substring(0, HEX_OF_WORD);
    }

    /** An IPv4 address, in the net that is for private use (RFC 1918). */
    String ipv4(String value) {
        byte[] digest = digest("ip", value);
        return "10." + (digest[0] & 0xff) + "." + (digest[1] & 0xff) + "." + (digest[2] & 0xff);
    }

    /** An IPv6 address, in the prefix that is for documentation (RFC 3849). */
    String ipv6(String value) {
        String digits = HexFormat.of().formatHex(digest("ip", value));
        return "2001:db8::" + digits.substring(0, 4) + ":" + digits.substring(4, 8);
    }

    /** Bytes in place of a serial number. */
    byte[] bytes(byte[] value, int length) {
        return Arrays.copyOf(digest("serial", HexFormat.of().formatHex(value)), length);
    }
}
