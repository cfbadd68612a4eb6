package dev.dmarshal.host.params;

/** How many letters two words differ by: insertions, deletions, substitutions, and swaps of neighbours. */
public final class EditDistance {

    /** Longer words are not compared, which bounds the time. */
    private static final int LONGEST = 64;

    private EditDistance() {
    }

    /** The distance if it is at most the limit, and something greater than the limit otherwise. */
    public static int between(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) > limit || a.length() > LONGEST || b.length() > LONGEST) {
            return limit + 1;
        }
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            cost[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            cost[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int best = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
                boolean swap = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                cost[i][j] = swap ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
            }
        }
        return cost[a.length()][b.length()];
    }
}
