namespace Routing.Policy.Compile;

/// <summary>Rules make more of addresses and ports than a kernel is given. Ranges that overlap multiply with ports: without an end to it
/// one policy of a namespace could take all memory of every node that has a pod of it.</summary>
internal sealed class TooManyElementsException() : Exception($"more than {Most} combinations of addresses and ports")
{
    /// <summary>The most of a stage: 100,000 peers at 20 ports each.</summary>
    public const int Most = 1 << 21;

    /// <summary>Ends what makes more.</summary>
    public static void ThrowIfTooMany(long count)
    {
        if (count > Most)
        {
            throw new TooManyElementsException();
        }
    }
}
