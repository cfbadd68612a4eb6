package dev.dmarshal.core.vtd;

/** First-stage tables under construction. Tables give all rights, pages those that were asked for; accessed and dirty bits start clear. */
public final class FirstStageTree extends PagingTree {
    /** R/W. */
    public static final int WRITE = 2;
    /** U/S: user requests are allowed. */
    public static final int USER = 4;
    /** Not XD. Without it XD is set, which needs NXE in the PASID entry. */
    public static final int EXECUTE = 8;
    /** G. */
    public static final int GLOBAL = 16;

    FirstStageTree(TableBuilder tables, int levels, long offset) {
        super(tables, levels, offset);
    }

    @Override
    long tableEntry(long address) {
        return FirstStageEntry.builder().present(true).write(true).user(true).address(address).build().word();
    }

    @Override
    long pageEntry(long address, int level, int rights) {
        return FirstStageEntry.builder().present(true).write((rights & WRITE) != 0).user((rights & USER) != 0)
                .executeDisable((rights & EXECUTE) == 0).global((rights & GLOBAL) != 0).pageSize(level > 1).address(address).build().word();
    }

    @Override
    boolean present(long entry) {
        return new FirstStageEntry(entry).present();
    }
}
