import java.io.File;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** Runs a name node and a data node on 127.0.0.1 until it is killed: `java Cluster.java <folder>`. */
public class Cluster {
  public static void main(String[] args) throws Exception {
    Configuration conf = new Configuration();
    conf.set("dfs.namenode.acls.enabled", "false");
    conf.setInt("dfs.blocksize", 1048576);
    conf.setInt("dfs.namenode.fs-limits.min-block-size", 4096);
    MiniDFSCluster cluster =
        new MiniDFSCluster.Builder(conf, new File(args[0])).numDataNodes(1).format(true).build();
    cluster.waitActive();
    DistributedFileSystem hdfs = cluster.getFileSystem();
    hdfs.mkdirs(new Path("/archive"), new FsPermission((short) 0700));
    hdfs.setOwner(new Path("/archive"), "prices", "prices");
    // A quota of a few blocks.
    hdfs.mkdirs(new Path("/small"));
    hdfs.setOwner(new Path("/small"), "prices", "prices");
    hdfs.setQuota(new Path("/small"), 1000, 1048576);
    System.out.println("WebHDFS on " + cluster.getNameNode().getHttpAddress().getPort());
    Thread.sleep(Long.MAX_VALUE);
  }
}
