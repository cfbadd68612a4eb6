package dev.dmarshal.core.vtd;

/** Second-stage tables under construction. Tables give all rights, pages those that were asked for. */
public final class SecondStageTree extends PagingTree {
    /** R. */
    public static final int READ = 1;
    /** W. */
    public static final int WRITE = 2;
    /** SNP. */
    public static final int SNOOP = 4;

    SecondStageTree(TableBuilder tables, AddressWidth width) {
        super(tables, width.levels(), 0);
    }

    @Override
    long tableEntry(long address) {
        return SecondStageEntry.builder().read(true).write(true).address(address).build().word();
    }

    @Override
    long pageEntry(long address, int level, int rights) {
        return SecondStageEntry.builder().read((rights & READ) != 0).write((rights & WRITE) != 0).snoop((rights & SNOOP) != 0)
                .pageSize(level > 1).address(address).build().word();
    }

    @Override
    boolean present(long entry) {
        return new SecondStageEntry(entry).present();
    }
}
