package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.doctor.cause.Rows;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The reviewed table {@code dma-masks.tsv}: drivers and the DMA masks that they set, with the source file of each. */
final class Masks {

    private Masks() {
    }

    /** Driver to its masks in bits. */
    static Map<String, int[]> table() {
        Map<String, int[]> masks = new HashMap<>();
        for (List<String> row : Rows.read("dma-masks.tsv", 3)) {
            masks.put(row.get(0), Arrays.stream(row.get(1).split(" ")).mapToInt(Integer::parseInt).toArray());
        }
        return Map.copyOf(masks);
    }
}
