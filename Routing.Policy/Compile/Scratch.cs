using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>Collections that a compilation fills and empties again, kept for the next one on the same thread: made anew each time they
/// would be so large that each of them brings a collection of all generations nearer, which is what a slow change is made of.</summary>
internal static class Scratch
{
    private const int Lists = 16, LongestList = 2048;

    [ThreadStatic]
    private static Stack<List<SetElement>>? _lists;

    [ThreadStatic]
    private static HashSet<Address>? _addresses;

    /// <summary>An empty list.</summary>
    public static List<SetElement> RentList() => _lists?.TryPop(out var list) == true ? list : [];

    /// <summary>A list goes back; nobody may hold it any longer.</summary>
    public static void Return(List<SetElement> list)
    {
        _lists ??= new Stack<List<SetElement>>(Lists);
        if (_lists.Count < Lists && list.Capacity <= LongestList)
        {
            list.Clear();
            _lists.Push(list);
        }
    }

    /// <summary>An empty set of addresses.</summary>
    public static HashSet<Address> RentAddresses()
    {
        var rented = _addresses ?? [];
        _addresses = null;
        return rented;
    }

    /// <summary>It goes back; nobody may hold it any longer.</summary>
    public static void Return(HashSet<Address> addresses)
    {
        if (addresses.Count <= LongestList * 4)
        {
            addresses.Clear();
            _addresses = addresses;
        }
    }
}
