package dev.dmarshal.core.unit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Every rule again with tables in one segment, where {@link PlainWalk} has a short way: what it does not say, the full walk has to. */
class InOneSegmentTest {

    @BeforeAll
    static void begin() {
        Rig.oneSegment = true;
    }

    @AfterAll
    static void end() {
        Rig.oneSegment = false;
    }

    @Nested
    class Legacy extends LegacyTranslationTest {
    }

    @Nested
    class Scalable extends ScalableLookupTest {
    }

    @Nested
    class FirstStage extends FirstStageTest {
    }

    @Nested
    class Caches extends TranslationCachesTest {
    }
}
