package dev.dmarshal.lab.rows;

import dev.dmarshal.core.unit.Request;

/** Requests of devices: verb, address, then what is not usual. Reads come from the reader 00:02.0, writes from the writer 00:03.0, unless the row says. */
final class Stimuli {

    private Stimuli() {
    }

    static Op.Dma dma(String verb, Words words, Expected expected, String text) {
        int request = switch (verb) {
            case "read" -> Request.READ;
            case "write" -> Request.WRITE;
            case "atomic" -> Request.ATOMIC;
            case "read-nothing" -> Request.READ | Request.ZERO_LENGTH;
            case "translate" -> Request.READ | Request.TRANSLATION;
            default -> throw new RowException("no request is called " + verb);
        };
        long address = words.number();
        int source = Ground.DEVICES.get(verb.equals("write") ? 1 : 0);
        int pasid = 0;
        while (words.more()) {
            switch (words.next()) {
                case "from" -> source = Words.source(words.next());
                case "pasid" -> {
                    pasid = (int) words.number();
                    request |= Request.PASID;
                }
                case "execute" -> request |= Request.EXECUTE;
                case "privileged" -> request |= Request.PRIVILEGED;
                case "translated" -> request |= Request.TRANSLATED;
                case "no-write" -> request |= Request.NO_WRITE;
                default -> throw new RowException("not understood in: " + text);
            }
        }
        return new Op.Dma(source, request, address, pasid, expected, text);
    }
}
