package dev.dmarshal.core.fault;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Every wording that is known, by kind. */
final class Wordings {

    private static final Map<MessageKind, List<Wording>> BY_KIND = new EnumMap<>(MessageKind.class);

    private Wordings() {
    }

    static List<Wording> of(MessageKind kind) {
        return BY_KIND.getOrDefault(kind, List.of());
    }
}
