namespace Routing.Agent.Netlink.Netfilter;

/// <summary>Tells what is missing among packets that the kernel numbers.</summary>
/// <param name="first">The first packet's number.</param>
internal struct NumberedPackets(uint first)
{
    private uint _next = first;

    /// <summary>Takes the next number that came.</summary>
    /// <returns>How many are missing before it; none for one that another has overtaken, which was missing then.</returns>
    public uint Take(uint number)
    {
        var missing = number - _next;
        if (missing > int.MaxValue)
        {
            return 0;
        }

        _next = number + 1;
        return missing;
    }
}
