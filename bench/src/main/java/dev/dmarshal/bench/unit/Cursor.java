package dev.dmarshal.bench.unit;

import dev.dmarshal.core.unit.AddressBatch;
import dev.dmarshal.core.unit.Translation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Where a thread is in the stream of inputs. */
@State(Scope.Thread)
public class Cursor {
    /** Addresses in a batch. */
    static final int BATCH = 32;

    final Translation out = new Translation();
    final AddressBatch batch = new AddressBatch(BATCH);
    private int at;

    /** The next input, known before the last one is translated. */
    long next(long[] inputs) {
        return inputs[at++ & inputs.length - 1];
    }

    /** The next input, known only when the last one has been translated: {@code result} is a page address, so its lowest bit is 0. */
    long nextAfter(long[] inputs, long result) {
        at += 1 + (int) (result & 1);
        return inputs[at & inputs.length - 1];
    }

    long last;
}
